//! curl at the HTTP door: what a script, a monitor or a curious person may try.

use std::process::Command;

use test_support::{LineClient, tempfile};

use super::house::House;

/// One person with a cookie jar.
struct Curl<'a> {
    house: &'a House,
    home: tempfile::TempDir,
}

pub(super) fn looks_around_logs_in_and_out(house: &House) {
    let curl = Curl {
        house,
        home: tempfile::tempdir().expect("a temporary directory"),
    };
    curl.looks_around();
    curl.is_refused();
    curl.logs_in_and_out();
}

impl Curl<'_> {
    fn looks_around(&self) {
        self.expects(&[], "/healthz", "200", "ok");
        self.expects(&[], "/login", "200", "<form");
        self.expects(&["--head"], "/login", "200", "Content-Type: text/html");
        self.expects(&["--compressed"], "/assets/app.js", "200", "import");
        self.expects(&["--include"], "/assets/style.css", "200", "text/css");
        self.expects(&["--http1.0"], "/healthz", "200", "ok");
        // It offers HTTP/2, and stays with what we speak.
        self.expects(&["--http2"], "/healthz", "200", "ok");
        self.expects(&["--http2-prior-knowledge"], "/healthz", "000", "");
        self.expects(&["--location"], "/", "200", "<form");
    }

    fn is_refused(&self) {
        let origin = "Origin: http://evil.example";
        self.expects(&[], "/nothing", "404", "");
        self.expects(&["--path-as-is"], "/../Cargo.toml", "400", "");
        self.expects(&["-X", "DELETE"], "/", "405", "");
        self.expects(&["--upload-file", "/dev/null"], "/assets/app.js", "405", "");
        self.expects(&["-H", "Host: elsewhere.example"], "/", "421", "");
        self.expects(&["-H", "Host;"], "/", "400", "");
        self.expects(&["-d", "name=mallory", "-H", origin], "/login", "403", "");
        self.expects(&["-d", "name=a b"], "/login", "422", "<form");
        self.expects(&[], "/socket", "426", "");
        self.expects(&["-F", "name=mallory"], "/login", "415", "");
        let long = "x".repeat(20_000);
        self.expects(&["-d", &format!("name={long}")], "/login", "413", "");
        self.expects(&["-H", &format!("X-Long: {long}")], "/login", "431", "");
    }

    /// While curly is logged in, the name is taken, though nobody is in any room.
    fn logs_in_and_out(&self) {
        self.expects(&["-d", "name=curly"], "/login", "303", "");
        self.expects(&[], "/", "200", "room-name");
        let mut other = LineClient::connect(self.house.irc);
        other.send("NICK curly");
        other.expect_contains(" 433 ");
        // Whoever has a cookie says where they ask from, as every browser does.
        self.expects(&["-X", "POST"], "/logout", "403", "");
        let origin = format!("Origin: http://{}", self.house.http);
        self.expects(&["-X", "POST", "-H", &origin], "/logout", "303", "");
        self.expects(&[], "/", "303", "");
        other.register("curly");
    }

    /// The status, and a text that the answer holds.
    #[track_caller]
    fn expects(&self, options: &[&str], path: &str, status: &str, text: &str) {
        let (answered, body) = self.asks(options, path);
        let asked = format!("curl {options:?} {path}");
        assert_eq!(answered, status, "{asked}\n{body}");
        assert!(body.contains(text), "{asked} has no `{text}`:\n{body}");
    }

    fn asks(&self, options: &[&str], path: &str) -> (String, String) {
        let jar = self.home.path().join("jar");
        let mut curl = Command::new("curl");
        // No settings of whoever runs this, no proxy, and an end.
        curl.args([
            "--disable",
            "--silent",
            "--noproxy",
            "*",
            "--max-time",
            "10",
        ]);
        curl.arg("--cookie").arg(&jar).arg("--cookie-jar").arg(&jar);
        curl.args(["--write-out", "\n%{http_code}"]).args(options);
        curl.arg(format!("http://{}{path}", self.house.http));
        let output = curl.current_dir(self.home.path()).output();
        let output = output.unwrap_or_else(|e| panic!("cannot start curl: {e}"));
        let said = String::from_utf8_lossy(&output.stdout);
        let (body, status) = said.rsplit_once('\n').expect("a status");
        (status.to_owned(), body.to_owned())
    }
}
