"""Validates `dataset describe` with mlcroissant, and loads the records of the subjects.

    python tests/crosscheck/croissant.py     # needs mlcroissant, npx
"""
import json
import logging
import subprocess
import tempfile
from pathlib import Path

import mlcroissant

ROOT = Path(__file__).resolve().parents[2]
FACTS = ["--license", "CC0-1.0", "--url", "https://example.org", "--release", "1.0.0", "--published", "2026-01-31",
         "--creator", "nobody", "--cite", "@misc{nobody}"]


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "croissant.json"
        subprocess.run(
            ["npx", "-y", "deno@2.9.6", "task", "--quiet", "scan2score", "dataset", "describe", "fixtures:humans",
             "-o", str(path), "--quiet", *FACTS], cwd=ROOT, check=True)
        messages = []
        handler = logging.Handler()
        handler.emit = lambda record: messages.append(record.getMessage())
        logging.getLogger().addHandler(handler)
        dataset = mlcroissant.Dataset(jsonld=str(path))
        errors = dataset.metadata.issues.errors
        assert not errors, errors
        assert "1.1" in str(dataset.metadata.conforms_to), dataset.metadata.conforms_to
        records = list(dataset.records("subjects"))
        assert len(records) == 24, len(records)
        files = {f["@id"]: f for f in json.loads(path.read_text())["distribution"]}
        for record in records:
            scan = record["subjects/scan"]
            assert (scan.decode() if isinstance(scan, bytes) else scan) in files
        warnings = dataset.metadata.issues.warnings
        print(f"mlcroissant {mlcroissant.__version__ if hasattr(mlcroissant, '__version__') else ''}: "
              f"{len(files)} files, {len(records)} records, {len(warnings)} warnings {sorted(warnings)}")


if __name__ == "__main__":
    main()
