//! `atena open`: the review page in the browser.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use jiff::Timestamp;

use super::Stop;
use crate::browser::browse;
use crate::config::{Config, PageLogin};
use crate::lang::Lang;
use crate::web::{self, Key};

/// A page on this machine answers at once, or there is none.
const PATIENCE: Duration = Duration::from_secs(2);

/// Prints the link and, unless `print_only`, hands it to the browser.
///
/// # Errors
/// No page is open, or there is no key.
pub fn run(config: &Config, print_only: bool, lang: Lang, out: &mut dyn Write) -> Result<u8, Stop> {
    let key = Key::of(&config.data_dir).map_err(|error| Stop::Message(error.to_string()))?;
    // Where people log in the link tells nothing, and the answer may be encrypted.
    let is_known = |address: &SocketAddr| {
        config.web.login == PageLogin::Users && TcpStream::connect_timeout(address, PATIENCE).is_ok()
            || is_ours(*address, &key).unwrap_or(false)
    };
    let running = web::last_address(&config.data_dir).filter(is_known);
    let Some(address) = running else {
        return Err(Stop::Message(
            match lang {
                Lang::En => "the review page is not open: start atena serve, with [web] enabled",
                Lang::Ja => "確認ページは開かれていません。atena serve を起動してください ([web] enabled = true)",
            }
            .to_owned(),
        ));
    };
    let link = web::link(config, &key, address, Timestamp::now());
    writeln!(out, "{link}")?;
    if !print_only && browse(&link).is_err() {
        writeln!(
            out,
            "{}",
            match lang {
                Lang::En => "No browser could be started; open the link yourself.",
                Lang::Ja => "ブラウザーを起動できませんでした。上のリンクを開いてください。",
            }
        )?;
    }
    Ok(0)
}

/// Whether the page of this data directory answers there: somebody else may listen where it was, and would get the link.
fn is_ours(address: SocketAddr, key: &Key) -> io::Result<bool> {
    /// An answer is a line of HTTP, some headers and the proof.
    const MOST: u64 = 16 * 1024;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let question = Key::question();
    write!(stream, "GET /proof?question={question} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(MOST).read_to_string(&mut answer)?;
    let proof = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body.trim());
    Ok(key.is_proof(&question, proof))
}
