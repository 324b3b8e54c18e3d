//! What is made of the definition of the command line: shell completions, manual pages, help.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use clap_complete::Shell;
use clap_mangen::Man;

use super::command;
use crate::lang::Lang;

/// The sections that clap_mangen names in English.
const SECTIONS: [(&str, &str); 4] =
    [("NAME", "名前"), ("SYNOPSIS", "書式"), ("DESCRIPTION", "説明"), ("VERSION", "版")];

pub(super) fn completions(shell: Shell, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    // In memory: the generator panics where a stream is closed.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command(lang), "atena", &mut script);
    out.write_all(&script)
}

/// Prints the pages of all commands, or writes each into a file of a directory and names it.
pub(super) fn pages(directory: Option<&Path>, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let mut root = command(lang);
    root.build();
    let mut pages = Vec::new();
    collect(&root, lang, &mut pages)?;
    let Some(directory) = directory else {
        return pages.iter().try_for_each(|(_, page)| out.write_all(page.as_bytes()));
    };
    fs::create_dir_all(directory)?;
    for (name, page) in pages {
        let file = directory.join(name);
        fs::write(&file, page)?;
        writeln!(out, "{}", file.display())?;
    }
    Ok(())
}

/// The help of one command.
pub(super) fn help(name: &str, lang: Lang) -> String {
    let mut root = command(lang);
    root.build();
    root.find_subcommand_mut(name).map(|sub| sub.render_help().to_string()).unwrap_or_default()
}

/// A command's page, and those of the commands below it.
fn collect(command: &clap::Command, lang: Lang, pages: &mut Vec<(String, String)>) -> io::Result<()> {
    let source = concat!("atena ", env!("CARGO_PKG_VERSION"));
    let man = Man::new(command.clone()).source(source).manual("atena");
    let mut page = Vec::new();
    man.render(&mut page)?;
    let mut page = String::from_utf8_lossy(&page).into_owned();
    if lang == Lang::Ja {
        for (en, ja) in SECTIONS {
            page = page.replace(&format!(".SH {en}\n"), &format!(".SH {ja}\n"));
        }
    }
    pages.push((man.get_filename(), page));
    command.get_subcommands().try_for_each(|sub| collect(sub, lang, pages))
}
