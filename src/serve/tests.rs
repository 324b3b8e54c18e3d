//! What depends on where a client comes from: every client of the other tests is on this machine.

use std::net::SocketAddr;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::{Server, smtp};
use crate::config::{Config, Defaults};
use crate::gate::{Gate, setup};
use crate::lang::Lang;
use crate::source::Source;
use crate::store::Store;
use crate::users::Users;

/// Logs in with each of these passwords over one connection that seems to come from `peer`; the codes of the answers.
async fn log_in(server: &Server, peer: &str, passwords: &[&str]) -> Vec<String> {
    let (listener, context) = &server.listeners[0];
    let connect = TcpStream::connect(listener.local_addr().expect("bound"));
    let (client, accepted) = tokio::join!(connect, listener.accept());
    let (socket, _) = accepted.expect("a client");
    let (_stop, shutdown) = watch::channel(false);
    let peer: SocketAddr = peer.parse().expect("an address");
    let mut codes = Vec::new();
    let dialogue = async {
        let mut io = BufReader::new(client.expect("listening"));
        let mut commands = vec!["EHLO client.example".to_owned()];
        commands.extend(
            passwords
                .iter()
                .map(|password| format!("AUTH PLAIN {}", BASE64_STANDARD.encode(format!("\0clerk\0{password}")))),
        );
        let mut line = String::new();
        io.read_line(&mut line).await.expect("a greeting");
        for command in commands {
            io.write_all(format!("{command}\r\n").as_bytes()).await.expect("written");
            line.clear();
            while line.as_bytes().get(3) != Some(&b' ') {
                line.clear();
                io.read_line(&mut line).await.expect("a reply");
            }
            codes.push(line[..3].to_owned());
        }
    };
    let (served, ()) = tokio::join!(smtp::serve(context, socket, peer, shutdown), dialogue);
    // Hung up without QUIT.
    assert!(served.is_ok() || served.is_err_and(|error| error.kind() == std::io::ErrorKind::UnexpectedEof));
    codes.split_off(1)
}

#[tokio::test]
async fn an_address_that_guesses_is_locked_out_and_no_other_is() {
    let directory = tempfile::tempdir().expect("a directory");
    let defaults = Defaults { language: Lang::En, data_dir: directory.path().join("data"), home: None };
    let text = "[serve]\nlisten = \"127.0.0.1:0\"\nauth = \"users\"\nmax_failed_logins = 3\n";
    let config = Config::load(Source::new("atena.toml", text), directory.path(), &defaults).expect("a configuration");
    let store = Store::open(&config.data_dir).expect("a store");
    Users::of(&config.data_dir).add("clerk", &"paper".to_owned().into()).expect("a user");
    let gate = Gate::new(&config, setup::rules(&config).expect("rules").into(), store).expect("a gate");
    let server = Server::bind(&config, gate).await.expect("a port");
    assert_eq!(log_in(&server, "192.0.2.7:1025", &["a", "b"]).await, ["535", "535"]);
    assert_eq!(log_in(&server, "192.0.2.7:1026", &["c"]).await, ["535"]);
    assert_eq!(log_in(&server, "192.0.2.7:1027", &["paper"]).await, ["454"], "not even with the right one");
    assert_eq!(log_in(&server, "192.0.2.8:1028", &["paper"]).await, ["235"]);
}
