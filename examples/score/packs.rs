//! Packs of a folder instead of the built-in ones: rules are tuned without a build.

use std::error::Error;
use std::path::Path;

use atena::source::Source;

/// The packs of a folder and of the folders in it.
pub(crate) fn read(dir: &Path) -> Result<Vec<Source>, Box<dyn Error>> {
    let mut paths: Vec<_> =
        std::fs::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    paths.sort();
    let mut out = Vec::new();
    for path in paths {
        if path.is_dir() {
            out.extend(read(&path)?);
        } else if path.extension().is_some_and(|ext| ext == "toml") {
            out.push(Source::new(path.display().to_string(), std::fs::read_to_string(&path)?));
        }
    }
    Ok(out)
}
