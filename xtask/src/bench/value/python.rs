//! Python with `lifetimes`, in a virtual environment that is made once and kept under the target folder.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use makegood_value::Summary;
use serde::Deserialize;

use crate::place::Place;
use crate::shell::{program, read, works};

/// What is installed: lifetimes as it was last released, with the libraries of its time that Python 3.9 to 3.11 can run.
const PACKAGES: [&str; 5] = ["lifetimes==0.11.3", "numpy==1.26.4", "scipy==1.11.4", "pandas==1.5.3", "autograd==1.6.2"];
const SCRIPT: &str = include_str!("lifetimes.py");

/// Python with everything it needs.
pub(super) struct Python {
    program: PathBuf,
    folder: PathBuf,
}

/// What it found and how long it took.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    pub parameters: [f64; 7],
    pub repeat_seconds: Vec<f64>,
    pub spend_seconds: Vec<f64>,
    pub repeat_likelihood: Likelihoods,
    pub spend_likelihood: Likelihoods,
    pub score_seconds: Option<f64>,
}

/// Of the same data at both parameters, by one and the same function.
#[derive(Debug, Deserialize)]
pub(super) struct Likelihoods {
    pub ours: f64,
    pub theirs: f64,
}

impl Python {
    /// Finds the environment, or makes it.
    pub fn new(place: &Place) -> Result<Self> {
        let folder = place.folder("bench-value")?;
        let environment = folder.join("python");
        let here = Self { program: environment.join("bin/python"), folder };
        if !here.is_ready(place) {
            let arguments = ["-m", "venv", "--clear"].map(AsRef::as_ref);
            let made = works(&mut program(place, "python3", arguments.into_iter().chain([environment.as_os_str()])));
            if !made {
                bail!("`python3 -m venv` does not work here: install Python 3.9 to 3.11 with its module venv");
            }
            println!("installing {} into {}", PACKAGES.join(", "), environment.display());
            let quiet = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
            if !works(&mut program(place, &here.program, quiet.into_iter().chain(PACKAGES))) || !here.is_ready(place) {
                bail!("{} cannot be installed: it needs Python 3.9 to 3.11 and the network", PACKAGES.join(", "));
            }
        }
        Ok(here)
    }

    fn is_ready(&self, place: &Place) -> bool {
        let check = "import lifetimes; assert lifetimes.__version__ == '0.11.3'";
        self.program.exists() && works(&mut program(place, &self.program, ["-c", check]))
    }

    /// Fits (and scores) the customers so many times.
    pub fn fit(
        &self,
        place: &Place,
        customers: &[Summary],
        rounds: u16,
        score: bool,
        ours: [f64; 7],
    ) -> Result<Answer> {
        let (script, rows) = (self.folder.join("lifetimes.py"), self.folder.join("rows.f64"));
        std::fs::write(&script, SCRIPT)?;
        std::fs::write(&rows, bytes(customers))?;
        let answer = self.run(place, &script, &rows, customers.len(), (rounds, score), ours);
        std::fs::remove_file(&rows)?;
        answer
    }

    fn run(
        &self,
        place: &Place,
        script: &Path,
        rows: &Path,
        customers: usize,
        (rounds, score): (u16, bool),
        ours: [f64; 7],
    ) -> Result<Answer> {
        let mut python = program(place, &self.program, [script, rows]);
        python.args([customers.to_string(), rounds.to_string(), if score { "score" } else { "fit" }.to_owned()]);
        python.args(ours.map(|parameter| parameter.to_string()));
        // Its warnings of old features are no figures.
        python.env("PYTHONWARNINGS", "ignore");
        let said = read(&mut python)?;
        let line = said.lines().last().unwrap_or_default();
        serde_json::from_str(line).with_context(|| format!("lifetimes gave no figures: {line}"))
    }
}

/// x, t_x, T and the mean spend of each, as doubles.
fn bytes(customers: &[Summary]) -> Vec<u8> {
    let cells = |row: &Summary| [f64::from(row.repeats), row.last, row.age, row.spend];
    customers.iter().flat_map(cells).flat_map(f64::to_ne_bytes).collect()
}
