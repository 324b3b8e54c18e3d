//! A Maildir as the next server.

use std::collections::HashSet;
use std::path::Path;

use super::*;

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[tokio::test]
async fn a_mail_becomes_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("not/yet/there");
    let upstream = at(&format!("maildir:{}", root.display()), Options::default());
    for raw in [&b""[..], b".\r\n", MAIL, b"no end", b"\xff\0 bare\nends\r"] {
        let text = sent(upstream.send(&envelope(&["x@a.test"]), raw, None).await);
        let path = text.strip_prefix("saved as ").unwrap();
        assert!(Path::new(path).starts_with(root.join("new")), "{path}");
        assert_eq!(std::fs::read(path).unwrap(), raw);
    }
    assert_eq!((files(&root.join("new")).len(), files(&root.join("tmp")).len()), (5, 0));
    assert!(root.join("cur").is_dir());
}

#[tokio::test]
async fn mails_at_once_get_names_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let upstream = at(&format!("maildir:{}", folder.path().display()), Options::default());
    let sends: Vec<_> = (0..50)
        .map(|n| {
            let upstream = upstream.clone();
            tokio::spawn(async move { upstream.send(&envelope(&["x@a.test"]), format!("{n}").as_bytes(), None).await })
        })
        .collect();
    for send in sends {
        sent(send.await.unwrap());
    }
    let texts: HashSet<_> = files(&folder.path().join("new")).iter().map(|path| std::fs::read(path).unwrap()).collect();
    assert_eq!(texts.len(), 50);
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("box");
    let upstream = at(&format!("maildir:{}", root.display()), Options::default());
    sent(upstream.send(&envelope(&["x@a.test"]), MAIL, None).await);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&files(&root.join("new"))[0]), 0o600);
    assert_eq!((mode(&root), mode(&root.join("new"))), (0o700, 0o700));
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_tried_later() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "in the way").unwrap();
    let upstream = at(&format!("maildir:{}", file.display()), Options::default());
    let answer = later(upstream.send(&envelope(&["x@a.test"]), MAIL, None).await);
    assert!(answer.text.contains("cannot write to the Maildir") && !answer.uncertain, "{}", answer.text);
    assert_eq!(std::fs::read(&file).unwrap(), b"in the way");
}

#[tokio::test]
async fn a_mail_nobody_wants_delivered_any_more_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let upstream = at(&format!("maildir:{}", folder.path().display()), Options::default());
    let answer = later(upstream.send_if(&envelope(&["sato@a.test"]), MAIL, None, &|| false).await);
    assert!(!answer.uncertain, "{answer:?}");
    for place in ["new", "tmp"] {
        assert_eq!(std::fs::read_dir(folder.path().join(place)).unwrap().count(), 0, "{place}");
    }
}
