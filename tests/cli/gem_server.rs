//! A gem server on the loopback address for one test: what it answers is a function of the request.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// What is sent: bytes as they are, then perhaps nothing for a while.
#[derive(Clone, Default)]
pub(crate) struct Sent {
    pub(crate) bytes: Vec<u8>,
    pub(crate) stall: Option<Duration>,
    /// After the stall.
    pub(crate) rest: Vec<u8>,
}

/// An answer with a status, headers and a body of that length.
pub(crate) fn answer(status: &str, headers: &[(&str, &str)], body: &[u8]) -> Sent {
    let mut head = format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    raw(format!("{head}\r\n").as_bytes(), body)
}

/// Bytes as they are.
pub(crate) fn raw(head: &[u8], body: &[u8]) -> Sent {
    Sent {
        bytes: [head, body].concat(),
        ..Sent::default()
    }
}

type Answers = dyn FnMut(&Asked) -> Sent + Send;

/// Listens until the test ends.
pub(crate) struct GemServer {
    pub(crate) port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl GemServer {
    pub(crate) fn new(answers: impl FnMut(&Asked) -> Sent + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let answers: Arc<Mutex<Box<Answers>>> = Arc::new(Mutex::new(Box::new(answers)));
        let log = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (log, answers) = (Arc::clone(&log), Arc::clone(&answers));
                let Ok(stream) = stream else { return };
                thread::spawn(move || serve(stream, &log, &answers));
            }
        });
        GemServer { port, asked }
    }

    /// Its address, with a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// All that was asked since the last time.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    /// Only the paths of it.
    pub(crate) fn paths(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.path).collect()
    }
}

/// One request a connection, so that nothing of a broken answer is left for the next.
fn serve(mut stream: TcpStream, log: &Mutex<Vec<Asked>>, answers: &Mutex<Box<Answers>>) {
    let limit = Some(Duration::from_secs(20));
    let _ = stream.set_read_timeout(limit);
    let _ = stream.set_write_timeout(limit);
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let Some(Ok(first)) = lines.next() else {
        return;
    };
    let mut words = first.split(' ');
    let mut asked = Asked {
        method: words.next().unwrap_or_default().to_owned(),
        path: words.next().unwrap_or_default().to_owned(),
        headers: BTreeMap::new(),
    };
    for line in lines {
        let Ok(line) = line else { return };
        match line.split_once(": ") {
            Some((name, value)) => {
                let name = name.to_ascii_lowercase();
                asked.headers.insert(name, value.to_owned());
            }
            None => break,
        }
    }
    log.lock().unwrap().push(asked.clone());
    let sent = (answers.lock().unwrap())(&asked);
    let _ = stream.write_all(&sent.bytes);
    if let Some(stall) = sent.stall {
        thread::sleep(stall);
        let _ = stream.write_all(&sent.rest);
    }
    let _ = stream.shutdown(std::net::Shutdown::Write);
    // Until the other side has read it, or has gone: a reset could take the answer away.
    let _ = stream.read(&mut [0; 64]);
}
