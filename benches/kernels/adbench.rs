//! The inputs of the ADBench suite, where its files are at hand: `ADBENCH_DATA` names their
//! folder, else `../shared/data/adbench` is looked at.

use std::path::PathBuf;

/// All numbers of a file; `None` where it is not there.
pub fn numbers(file: &str) -> Option<Vec<f64>> {
    let folder = match std::env::var_os("ADBENCH_DATA") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/adbench"),
    };
    let text = std::fs::read_to_string(folder.join(file)).ok()?;
    text.split_whitespace().map(|word| word.parse().ok()).collect()
}

/// Takes numbers from the front.
pub struct Reader {
    numbers: std::vec::IntoIter<f64>,
}

impl Reader {
    pub fn open(file: &str) -> Option<Self> {
        Some(Reader { numbers: numbers(file)?.into_iter() })
    }

    pub fn take(&mut self, n: usize) -> Vec<f64> {
        let taken: Vec<f64> = self.numbers.by_ref().take(n).collect();
        assert_eq!(taken.len(), n, "the file is too short");
        taken
    }

    pub fn size(&mut self) -> usize {
        self.take(1)[0] as usize
    }
}
