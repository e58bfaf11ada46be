//! irssi, as somebody has set it up who comes here every day.

use std::fs;
use std::net::SocketAddr;

use crate::Terminal;

impl Terminal {
    /// Starts irssi, which connects and joins the lobby. It has one window for everything, writes
    /// all that it shows into [`irssi_log`](Self::irssi_log), and does not wait between its commands,
    /// as it would to spare servers that know no better.
    ///
    /// # Panics
    /// When irssi or tmux is not installed.
    #[track_caller]
    pub fn irssi(server: SocketAddr, nick: &str, real_name: &str) -> Self {
        let home = tempfile::tempdir().expect("a temporary directory");
        let folder = home.path().join(".irssi");
        fs::create_dir(&folder).expect("a folder in our own directory");
        let config = config(server, nick, real_name);
        fs::write(folder.join("config"), config).expect("a file in our own directory");
        Self::start_in(home, "irssi")
    }

    /// All that irssi has shown, in lines that are as long as they are.
    pub fn irssi_log(&self) -> String {
        fs::read_to_string(self.home().join(LOG)).unwrap_or_default()
    }
}

fn config(server: SocketAddr, nick: &str, real_name: &str) -> String {
    let (address, port) = (server.ip(), server.port());
    format!(
        "servers = ({{ address = \"{address}\"; port = \"{port}\"; chatnet = \"here\"; \
             autoconnect = \"yes\"; }});\n\
         chatnets = {{ here = {{ type = \"IRC\"; cmdspeed = \"1\"; cmdmax = \"99\"; }}; }};\n\
         channels = ({{ name = \"#lobby\"; chatnet = \"here\"; autojoin = \"yes\"; }});\n\
         logs = {{ \"~/{LOG}\" = {{ auto_open = \"yes\"; level = \"ALL\"; }}; }};\n\
         settings = {{ \"fe-common/core\" = {{ autocreate_windows = \"no\"; \
             use_status_window = \"no\"; use_msgs_window = \"no\"; }}; core = {{ nick = \"{nick}\"; user_name = \"{nick}\"; \
             real_name = \"{real_name}\"; }}; }};\n"
    )
}

const LOG: &str = "irssi.log";
