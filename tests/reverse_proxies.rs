//! The configurations in `docs/` for nginx and Caddy, as they stand there but for names of files and
//! numbers of ports: a login, a WebSocket and refusals through each, over TLS.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "proxies_support/tls.rs"]
mod tls;

mod with_clients {
    use std::fs;
    use std::net::{SocketAddr, TcpListener, TcpStream};
    use std::path::{Path, PathBuf};
    use std::process::{Child, Command, Stdio};

    use test_support::http::{Connection, Response, request};
    use test_support::tempfile::{TempDir, tempdir};
    use test_support::{Program, Upgrade, WsClient, within};

    use super::tls::{self, Tunnel};

    /// Where the browser is; the proxy itself connects from 127.0.0.1.
    const BROWSER: &str = "127.0.0.2";

    /// chat-web with a proxy in front, and a browser's way to that.
    struct Site {
        chat: Program,
        proxy: Proxy,
        tunnel: Tunnel,
    }

    /// A running proxy and its files.
    struct Proxy {
        child: Child,
        tls: SocketAddr,
        folder: TempDir,
    }

    impl Drop for Proxy {
        fn drop(&mut self) {
            let _ = self.child.kill();
            let _ = self.child.wait();
            if std::thread::panicking() {
                let log = fs::read_to_string(self.folder.path().join("log"));
                eprintln!("--- the proxy's log\n{}", log.unwrap_or_default());
            }
        }
    }

    impl Proxy {
        /// Starts a program in a folder of its own and waits until its port is open.
        fn start(folder: TempDir, tls: SocketAddr, mut command: Command) -> Proxy {
            let log = fs::File::create(folder.path().join("log")).unwrap();
            let child = command
                .current_dir(folder.path())
                .stdin(Stdio::null())
                .stdout(log.try_clone().unwrap())
                .stderr(log)
                .spawn();
            let child = child.unwrap_or_else(|e| panic!("cannot start {command:?}: {e}"));
            let proxy = Proxy { child, tls, folder };
            let open = || TcpStream::connect(tls).ok().map(drop);
            assert!(within(2 * test_support::PATIENCE, open).is_some(), "not up");
            proxy
        }
    }

    impl Site {
        fn open(proxy: impl FnOnce(SocketAddr) -> Proxy) -> Site {
            let mut args = vec!["--origin", "https://chat.example", "--proxy", "127.0.0.1"];
            args.extend(["--http", "127.0.0.1:0", "--irc", "none", "--plain", "none"]);
            let chat = Program::start(env!("CARGO_BIN_EXE_chat-web"), &args);
            let proxy = proxy(chat.door("http"));
            let tunnel = Tunnel::open(proxy.tls, BROWSER);
            Site {
                chat,
                proxy,
                tunnel,
            }
        }

        fn ask(&self, head: &str) -> Response {
            request(self.tunnel.address, format!("{head}\r\n\r\n"))
        }

        fn log_in(&self, origin: &str) -> Response {
            request(
                self.tunnel.address,
                format!(
                    "POST /login HTTP/1.1\r\nHost: chat.example\r\nOrigin: {origin}\r\n\
                     X-Forwarded-For: 203.0.113.9\r\nContent-Length: 8\r\n\
                     Content-Type: application/x-www-form-urlencoded\r\n\r\nname=ana"
                ),
            )
        }

        fn upgrade(&self, origin: &str) -> Upgrade {
            Upgrade::to(self.tunnel.address)
                .header("Host", "chat.example")
                .header("Origin", origin)
                .header("X-Forwarded-For", "203.0.113.9")
        }
    }

    const OWN: &str = "https://chat.example";
    const FOREIGN: &str = "https://evil.example";

    /// What must work through any proxy.
    fn a_browser_comes_in(site: &Site) {
        let form = site.ask("GET /login HTTP/1.1\r\nHost: chat.example");
        assert_eq!(form.status, 200);
        assert!(form.text().contains("Come in"), "{}", form.text());
        let answer = site.log_in(OWN);
        assert_eq!(answer.status, 303, "{answer:?}");
        let cookie = answer.header("set-cookie").unwrap();
        let cookie = cookie.split(';').next().unwrap();
        assert!(cookie.starts_with("__Host-"), "it came over TLS: {cookie}");
        let page = site.upgrade(OWN).path("/socket?session");
        let mut page = page.header("Cookie", cookie).connect();
        page.register("ana");
        assert_eq!(address_of(&mut page), BROWSER);
        page.join("#lobby");
        let mut bot = site.upgrade(OWN).connect();
        bot.register("bot");
        bot.join("#lobby");
        bot.send(&format!("PRIVMSG #lobby :{}", "é".repeat(150)));
        page.expect_contains(&"é".repeat(150));
        page.close(1000);
    }

    /// And what must not.
    fn strangers_do_not(site: &Site) {
        assert_eq!(site.log_in(FOREIGN).status, 403);
        assert_eq!(site.upgrade(FOREIGN).refused().status, 403);
        let other = site.ask("GET /login HTTP/1.1\r\nHost: evil.example");
        assert!(!other.text().contains("Come in"), "{}", other.text());
        // Past the proxy, nobody is believed.
        let past = Upgrade::to(site.chat.door("http")).from([127, 0, 0, 3]);
        let mut eve = past.header("X-Forwarded-For", "203.0.113.9").connect();
        eve.register("ana2");
        eve.send("WHOIS ana2");
        eve.expect_contains(" 338 ana2 ana2 127.0.0.3 ");
    }

    #[track_caller]
    fn address_of(page: &mut WsClient) -> String {
        page.send("WHOIS ana");
        let line = page.expect_contains(" 338 ");
        page.expect_contains(" 318 ");
        line.split(' ').nth(4).unwrap().to_owned()
    }

    fn docs(name: &str) -> String {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
        fs::read_to_string(folder.join(name)).unwrap()
    }

    /// Puts something in the place of something that must be there.
    #[track_caller]
    fn put(text: &str, old: &str, new: &str) -> String {
        assert!(text.contains(old), "`{old}` is not in:\n{text}");
        text.replace(old, new)
    }

    fn free_port() -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    }

    fn at(port: u16) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    struct Nginx {
        site: Site,
        plain: SocketAddr,
    }

    impl Nginx {
        fn start() -> Nginx {
            let (tls_port, plain_port) = (free_port(), free_port());
            let site = Site::open(|chat| {
                let folder = tempdir().unwrap();
                let (certificate, key) = tls::certificate(folder.path());
                let live = "/etc/letsencrypt/live/chat.example";
                let text = docs("nginx.conf");
                let text = put(&text, "server 127.0.0.1:8080", &format!("server {chat}"));
                let text = put(&text, "listen 80;", &format!("listen {};", at(plain_port)));
                let text = put(&text, "listen 443 ", &format!("listen {} ", at(tls_port)));
                let text = put(&text, &format!("{live}/fullchain.pem"), &certificate);
                let text = put(&text, &format!("{live}/privkey.pem"), &key);
                // Nothing of it may lie where a system's own nginx has its files.
                let text = put(&text, "\nhttp {\n", &format!("\nhttp {{\n{TEMPORARY}"));
                fs::write(folder.path().join("nginx.conf"), text).unwrap();
                let mut command = Command::new("nginx");
                let prefix = folder.path().to_str().unwrap();
                command.args(["-e", "stderr", "-p", prefix, "-c", "nginx.conf", "-g"]);
                command.arg("daemon off; master_process off; pid nginx.pid;");
                Proxy::start(folder, at(tls_port), on_sbin(command))
            });
            Nginx {
                site,
                plain: at(plain_port),
            }
        }
    }

    const TEMPORARY: &str = "access_log off; client_body_temp_path t1; proxy_temp_path t2; \
        fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;\n";

    /// Debian keeps servers where only root looks for programs.
    fn on_sbin(mut command: Command) -> Command {
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{path}:/usr/sbin"));
        command
    }

    #[test]
    fn nginx_as_the_documentation_has_it() {
        let Nginx { site, plain } = Nginx::start();
        a_browser_comes_in(&site);
        strangers_do_not(&site);
        let misdirected = site.ask("GET / HTTP/1.1\r\nHost: evil.example");
        assert_eq!(misdirected.status, 421);
        let mut clear = Connection::open(plain);
        clear.send("GET /?room=tea HTTP/1.1\r\nHost: chat.example\r\n\r\n");
        let answer = clear.response();
        assert_eq!(answer.status, 301);
        let location = answer.header("location");
        assert_eq!(location, Some("https://chat.example/?room=tea"));
    }

    fn caddy(chat: SocketAddr) -> Proxy {
        let (folder, port) = (tempdir().unwrap(), free_port());
        let (certificate, key) = tls::certificate(folder.path());
        let text = docs("Caddyfile");
        let text = put(&text, "proxy 127.0.0.1:8080", &format!("proxy {chat}"));
        // No certificate can be had for that name, and no other port is to be opened.
        let site = format!(
            "https://chat.example:{port} {{\n\tbind 127.0.0.1\n\ttls {certificate} {key}\n"
        );
        let text = put(
            &text,
            "\nchat.example {\n",
            &format!("\n{{\n{ALONE}}}\n{site}"),
        );
        let file: PathBuf = folder.path().join("Caddyfile");
        fs::write(&file, text).unwrap();
        let mut command = Command::new("caddy");
        command.args(["run", "--adapter", "caddyfile", "--config", "Caddyfile"]);
        command.env("HOME", folder.path());
        command.env("XDG_DATA_HOME", folder.path());
        command.env("XDG_CONFIG_HOME", folder.path());
        Proxy::start(folder, at(port), command)
    }

    const ALONE: &str = "\tadmin off\n\tauto_https disable_redirects\n";

    #[test]
    fn caddy_as_the_documentation_has_it() {
        let site = Site::open(caddy);
        a_browser_comes_in(&site);
        strangers_do_not(&site);
        assert_eq!(site.proxy.tls.ip().to_string(), "127.0.0.1");
    }
}
