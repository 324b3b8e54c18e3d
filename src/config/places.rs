//! Where the configuration and the data lie on each system, and the language of its locale.
//!
//! The only module that names environment variables of the system; it reads them through a closure, so that tests can
//! play any system. The working directory is never searched: a downloaded folder could bring a configuration along.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::{Config, Defaults};
use crate::lang::Lang;
use crate::source::Problem;

/// The kinds of system whose habits differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// Linux and BSD: the XDG base directory specification.
    Unix,
    MacOs,
    Windows,
}

impl Platform {
    pub fn current() -> Platform {
        if cfg!(windows) {
            Platform::Windows
        } else if cfg!(target_os = "macos") {
            Platform::MacOs
        } else {
            Platform::Unix
        }
    }
}

/// Looks up an environment variable.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// Where `atena.toml` is looked for and written to; `None` without a home directory.
pub fn config_file(platform: Platform, env: Lookup<'_>) -> Option<PathBuf> {
    let directory = match platform {
        Platform::Unix => directory(platform, env, "XDG_CONFIG_HOME").or_else(|| under_home(platform, env, ".config")),
        Platform::MacOs => under_home(platform, env, "Library/Application Support"),
        Platform::Windows => directory(platform, env, "APPDATA"),
    };
    Some(directory?.join("atena").join("atena.toml"))
}

/// Where held mail and learnt facts are kept; `None` without a home directory.
pub fn data_dir(platform: Platform, env: Lookup<'_>) -> Option<PathBuf> {
    let directory = match platform {
        Platform::Unix => {
            directory(platform, env, "XDG_DATA_HOME").or_else(|| under_home(platform, env, ".local/share"))
        }
        Platform::MacOs => under_home(platform, env, "Library/Application Support"),
        Platform::Windows => directory(platform, env, "LOCALAPPDATA").or_else(|| directory(platform, env, "APPDATA")),
    };
    Some(directory?.join("atena"))
}

pub fn home_dir(platform: Platform, env: Lookup<'_>) -> Option<PathBuf> {
    directory(platform, env, if platform == Platform::Windows { "USERPROFILE" } else { "HOME" })
}

/// The language of the POSIX locale for messages; the first variable that is set and not empty decides.
pub fn language(env: Lookup<'_>) -> Lang {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(env).find(|value| !value.is_empty());
    locale.map_or(Lang::En, |locale| Lang::of_locale(&locale.to_string_lossy()))
}

impl Defaults {
    /// What this system says.
    pub fn of_system(platform: Platform, env: Lookup<'_>) -> Defaults {
        Defaults {
            language: language(env),
            // A service without a home directory: the place of the file hierarchy standard.
            data_dir: data_dir(platform, env).unwrap_or_else(|| PathBuf::from("/var/lib/atena")),
            home: home_dir(platform, env),
        }
    }
}

impl Config {
    /// Finds and reads the configuration: the file given (`--config`), else the one `ATENA_CONFIG` names, else the
    /// system's place; if there is none, the defaults.
    ///
    /// # Errors
    /// As [`Config::from_file`]; a file that is named must exist.
    pub fn discover(explicit: Option<&Path>, platform: Platform, env: Lookup<'_>) -> Result<Config, Vec<Problem>> {
        let defaults = Defaults::of_system(platform, env);
        let named =
            explicit.map(Path::to_owned).or_else(|| env("ATENA_CONFIG").filter(|v| !v.is_empty()).map(PathBuf::from));
        if let Some(path) = named {
            return Config::from_file(&path, &defaults);
        }
        match config_file(platform, env) {
            // A file that exists but cannot be looked at must not be taken for no file.
            Some(path) if path.try_exists().unwrap_or(true) => Config::from_file(&path, &defaults),
            _ => Ok(Config::default_with(&defaults)),
        }
    }
}

/// A directory named by a variable; the XDG specification says to ignore relative ones.
fn directory(platform: Platform, env: Lookup<'_>, variable: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env(variable).filter(|value| !value.is_empty())?);
    (platform == Platform::Windows || path.is_absolute()).then_some(path)
}

fn under_home(platform: Platform, env: Lookup<'_>, below: &str) -> Option<PathBuf> {
    Some(home_dir(platform, env)?.join(below))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(variables: &'static [(&'static str, &'static str)]) -> impl Fn(&str) -> Option<OsString> {
        move |name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
    }

    #[test]
    fn every_system_has_its_places() {
        let unix = lookup(&[("HOME", "/home/me")]);
        assert_eq!(config_file(Platform::Unix, &unix), Some("/home/me/.config/atena/atena.toml".into()));
        assert_eq!(data_dir(Platform::Unix, &unix), Some("/home/me/.local/share/atena".into()));
        let library = "/home/me/Library/Application Support/atena";
        assert_eq!(config_file(Platform::MacOs, &unix), Some(Path::new(library).join("atena.toml")));
        assert_eq!(data_dir(Platform::MacOs, &unix), Some(library.into()));
        let xdg = lookup(&[("HOME", "/home/me"), ("XDG_CONFIG_HOME", "/etc/x"), ("XDG_DATA_HOME", "relative")]);
        assert_eq!(config_file(Platform::Unix, &xdg), Some("/etc/x/atena/atena.toml".into()));
        assert_eq!(data_dir(Platform::Unix, &xdg), Some("/home/me/.local/share/atena".into()));
        let windows = lookup(&[("APPDATA", "C:/Roaming"), ("LOCALAPPDATA", "C:/Local")]);
        assert_eq!(
            config_file(Platform::Windows, &windows),
            Some(Path::new("C:/Roaming").join("atena").join("atena.toml"))
        );
        assert_eq!(data_dir(Platform::Windows, &windows), Some(Path::new("C:/Local").join("atena")));
        assert_eq!(config_file(Platform::Unix, &lookup(&[])), None);
    }

    #[test]
    fn the_first_locale_variable_that_is_set_decides() {
        assert_eq!(language(&lookup(&[("LC_ALL", ""), ("LANG", "ja_JP.UTF-8")])), Lang::Ja);
        assert_eq!(language(&lookup(&[("LC_ALL", "C"), ("LANG", "ja_JP.UTF-8")])), Lang::En);
    }
}
