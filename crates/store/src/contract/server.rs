//! A PostgreSQL server of a test's own: made in a folder of its own, reached through a socket in it, and gone with the test, however
//! that ends.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// Where Debian and others keep the server's programs, by version.
const PLACES: &str = "/usr/lib/postgresql";
/// What is said where they are missing.
const MISSING: &str = "PostgreSQL 15 or newer is not installed, and these tests bring up a server of their own: install it \
    (Debian: apt-get install postgresql), or leave these tests out with `cargo nextest run -E 'not (test(postgres) or binary(postgres))'`";
/// Whom the server belongs to; it does not run as root.
const OWNER: &str = "postgres";
/// The port by whose number its socket is called.
const PORT: u16 = 5432;
/// Waits until whoever started the server is gone, and takes the server and its folder away. Words: programs, folder.
const UNDERTAKER: &str = r#"read -r _; "$0/pg_ctl" -D "$1/data" -m immediate -s stop; rm -rf "$1""#;

/// A running server.
pub struct Server {
    programs: PathBuf,
    folder: PathBuf,
    owner: Option<(u32, u32)>,
    options: String,
    port: u16,
    undertaker: Child,
    databases: AtomicU32,
}

impl Server {
    /// Makes and starts a server. Fails by panicking, like any test.
    pub fn start() -> Server {
        Server::start_with("")
    }

    /// The same, with more options for the server's command line, such as `-c fsync=off`.
    pub fn start_with(options: &str) -> Server {
        Server::made(options, &[])
    }

    /// The same, with a write-ahead log in small files, for [`Server::up_with_little_room`].
    pub fn start_with_small_files() -> Server {
        Server::made("", &["--wal-segsize=1"])
    }

    fn made(options: &str, layout: &[&str]) -> Server {
        let programs = programs().unwrap_or_else(|| panic!("{MISSING}"));
        let folder = tempfile_folder();
        let owner = owner();
        if let Some((user, group)) = owner {
            chown(&folder, Some(user), Some(group)).unwrap();
        }
        let mut undertaker = Command::new("sh");
        undertaker.args(["-c", UNDERTAKER]).arg(&programs).arg(&folder).stdin(Stdio::piped());
        let undertaker = as_owner(&mut undertaker, owner).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let undertaker = undertaker.spawn().unwrap();
        let options = format!("-c listen_addresses='' -k {} {options}", folder.display());
        let server = Server { programs, folder, owner, options, port: PORT, undertaker, databases: AtomicU32::new(0) };
        let data = server.data();
        let made =
            ["-U", "makegood", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions", "-D"];
        server.run("initdb", &[&made[..], &[&*data.to_string_lossy()], layout].concat());
        server.up();
        server
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        self.carry_out(program, Command::new(self.programs.join(program)).args(arguments));
    }

    fn carry_out(&self, program: &str, command: &mut Command) {
        command.current_dir(&self.folder).stdin(Stdio::null());
        // Into a file: the server would hold a pipe open.
        let log = self.folder.join(format!("{program}.log"));
        let file = fs::File::create(&log).unwrap();
        let status = as_owner(command, self.owner).stdout(file.try_clone().unwrap()).stderr(file).status().unwrap();
        assert!(status.success(), "{program}: {}", fs::read_to_string(log).unwrap_or_default());
    }

    fn control(&self, arguments: &[&str]) {
        let control = self.programs.join("pg_ctl");
        self.carry_out("pg_ctl", Command::new(control).args(self.place()).args(arguments));
    }

    fn place(&self) -> [String; 8] {
        let (data, log) = (self.data(), self.folder.join("server.log"));
        let (data, log) = (data.to_string_lossy(), log.to_string_lossy());
        ["-w", "-s", "-t", "60", "-D", &*data, "-l", &*log].map(ToOwned::to_owned)
    }

    /// Starts it again after [`Server::kill`] where no file may grow beyond so many KiB, as on a disk that is full.
    pub fn up_with_little_room(&self, kib: u32) {
        let mut command = Command::new("sh");
        let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"", kib.saturating_mul(2));
        command.arg("-c").arg(script).arg(self.programs.join("pg_ctl")).args(self.place());
        self.carry_out("pg_ctl", command.args(["-o", &self.options, "start"]));
    }

    /// Starts it again after [`Server::kill`].
    pub fn up(&self) {
        self.control(&["-o", &self.options, "start"]);
    }

    /// Ends it as a power cut would, for all that processes can see of one: nothing is finished, nothing is written out.
    pub fn kill(&self) {
        self.control(&["-m", "immediate", "stop"]);
    }

    /// From here on it lets nobody in, and it ends as soon as nobody is connected any more.
    pub fn stop_when_left(&self) {
        self.control(&["-m", "smart", "-W", "stop"]);
    }

    /// The address of a database of this name, which need not exist.
    pub fn url_of(&self, database: &str) -> String {
        format!("postgres://makegood@/{database}?host={}", self.folder.display())
    }

    /// The address of a new, empty database.
    pub fn fresh(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        self.url_of(&name)
    }

    /// Takes the database of an address of this server away, whoever is connected to it.
    pub fn take_away(&self, url: &str) {
        self.sql("postgres", &format!("DROP DATABASE {} WITH (FORCE)", database_of(url)));
    }

    /// Runs statements, as the server's owner, and gives what they answer, a line a row.
    pub fn sql(&self, database: &str, statements: &str) -> String {
        let output = self.ask(database, statements);
        assert!(output.status.success(), "{statements}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    fn ask(&self, database: &str, statements: &str) -> std::process::Output {
        Command::new(self.programs.join("psql"))
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "makegood", "-d", database, "-c", statements])
            .arg("-h")
            .arg(&self.folder)
            .args(["-p", &self.port.to_string()])
            .output()
            .unwrap()
    }

    /// The same, on the database of an address of this server.
    pub fn sql_at(&self, url: &str, statements: &str) -> String {
        self.sql(database_of(url), statements)
    }

    /// Runs statements that do not come to their end, because their connection is cut.
    pub fn sql_fails_at(&self, url: &str, statements: &str) {
        let output = self.ask(database_of(url), statements);
        assert!(!output.status.success(), "{statements} came to its end");
    }

    /// Has it listen on a port of this machine's loopback from now on, where anna is let in by her password, encrypted with this
    /// certificate and key for whoever asks for that. Gives the port.
    pub fn listen(&mut self, (certificate, key): (&str, &str), password: &str) -> u16 {
        self.sql("postgres", &format!("CREATE ROLE anna LOGIN SUPERUSER PASSWORD '{password}'"));
        let rules = "local all all trust\nhost all anna 127.0.0.1/32 scram-sha-256\n";
        for (name, content) in [("server.crt", certificate), ("server.key", key), ("pg_hba.conf", rules)] {
            let path = self.data().join(name);
            fs::write(&path, content).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            if let Some((user, group)) = self.owner {
                chown(&path, Some(user), Some(group)).unwrap();
            }
        }
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        self.kill();
        self.port = port;
        self.options = format!("{} -c listen_addresses=127.0.0.1 -c port={port} -c ssl=on", self.options);
        self.up();
        port
    }

    /// The folder of the server's socket.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut waiting) = self.undertaker.stdin.take() {
            let _ = waiting.write_all(b"\n");
        }
        let _ = self.undertaker.wait();
    }
}

/// The database that an address of such a server names.
fn database_of(url: &str) -> &str {
    url.split("makegood@/").nth(1).and_then(|rest| rest.split('?').next()).unwrap_or_default()
}

fn tempfile_folder() -> PathBuf {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("makegood-pg-{}-{number}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

/// The folder of the newest server's programs.
pub fn programs() -> Option<PathBuf> {
    let on_path =
        std::env::var_os("PATH").into_iter().flat_map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir(PLACES)
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            Some((path.file_name()?.to_str()?.parse().ok()?, path.join("bin")))
        })
        .collect();
    versions.sort_unstable();
    let installed = versions.into_iter().rev().map(|(_, bin)| bin);
    installed
        .chain(on_path)
        .find(|bin| ["initdb", "pg_ctl", "postgres", "psql"].iter().all(|name| bin.join(name).exists()))
}

/// Whose the server is to be when we are root.
fn owner() -> Option<(u32, u32)> {
    let root = fs::metadata("/proc/self").is_ok_and(|this| std::os::unix::fs::MetadataExt::uid(&this) == 0);
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let user = users.lines().find(|line| line.split(':').next() == Some(OWNER))?;
    let mut numbers = user.split(':').skip(2).map(|number| number.parse().ok());
    let found = (numbers.next()??, numbers.next()??);
    root.then_some(found)
}

fn as_owner(command: &mut Command, owner: Option<(u32, u32)>) -> &mut Command {
    if let Some((user, group)) = owner {
        command.uid(user).gid(group);
    }
    command
}
