"""What the cross-checks of files share: running jobs of files_convert.ts."""
import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(jobs, folder):
    """Carries out jobs ({do, from, to, ...}) in one process of the suite."""
    listing = Path(folder) / "jobs.json"
    listing.write_text(json.dumps(jobs, default=str))
    subprocess.run(
        ["npx", "-y", "deno@2.9.6", "run", "--allow-read", "--allow-write", "--allow-env", "--allow-ffi",
         "tests/crosscheck/files_convert.ts", str(listing)],
        cwd=ROOT, check=True)
