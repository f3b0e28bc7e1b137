//! The other files of the crate, read only before something is reported for what this one lacks.

use super::outline::Spot;
use std::path::{Path, PathBuf};
use syn::Ident;

/// How many files are read.
const FILES: usize = 2000;

impl Spot {
    /// Whether another file of the crate may implement `Differentiable` for a type by hand.
    pub(super) fn by_hand_elsewhere(&self, name: &Ident) -> bool {
        let Some(file) = self.outline().file.as_ref().and_then(|file| file.canonicalize().ok()) else {
            return false;
        };
        let Some(root) = file.ancestors().skip(1).find(|dir| dir.join("Cargo.toml").is_file()) else {
            return false;
        };
        let others = sources(root).into_iter().filter(|other| *other != file);
        others.filter_map(|other| std::fs::read_to_string(other).ok()).any(|text| {
            let mut types = text.split("Differentiable for ").skip(1).map(str::trim_start);
            types.any(|ty| begins_with(ty, &name.to_string()))
        })
    }
}

/// Whether a path ends in a name, before its generic arguments.
fn begins_with(ty: &str, name: &str) -> bool {
    let path = ty.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).next();
    path.and_then(|path| path.rsplit("::").next()) == Some(name)
}

/// The files below a folder, but for what building makes.
fn sources(root: &Path) -> Vec<PathBuf> {
    let (mut folders, mut found) = (vec![root.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.filter_map(Result::ok) {
            let (path, name) = (entry.path(), entry.file_name());
            let made = name == "target" || name.to_string_lossy().starts_with('.');
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && !made => folders.push(path),
                Ok(kind) if kind.is_file() && path.extension().is_some_and(|is| is == "rs") => {
                    found.push(path);
                }
                Ok(_) | Err(_) => {}
            }
        }
        if found.len() > FILES {
            break;
        }
    }
    found
}
