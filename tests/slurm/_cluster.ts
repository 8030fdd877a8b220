/** A Slurm of one node in a folder of its own: munged, slurmctld and slurmd, started by hand. */
import { join } from "../../core/work/path.ts";

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** What is missing for a cluster on this machine; undefined if nothing is. */
export async function missing(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return "Slurm runs on Linux only";
  if (Deno.uid() !== 0) return "its daemons must be started by root";
  for (const name of ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol"]) {
    const { success } = await new Deno.Command("sh", { args: ["-c", `command -v ${name}`] })
      .output();
    if (!success) return `found no ${name} (Debian: apt-get install slurm-wlm munge)`;
  }
  return undefined;
}

/** How long the daemons may take to start. */
const START_SECONDS = 60;

/** A running cluster. */
export class Cluster implements AsyncDisposable {
  #slurmd: Deno.ChildProcess | undefined;

  private constructor(
    readonly folder: string,
    private readonly munged: Deno.ChildProcess,
    private readonly controller: Deno.ChildProcess,
  ) {}

  /** Starts the daemons and waits until the node is idle. */
  static async start(folder: string, { cpus = 4 } = {}): Promise<Cluster> {
    const at = (name: string) => join(folder, name);
    for (const name of ["state", "spool", "log", "run"]) {
      await Deno.mkdir(at(name), { recursive: true, mode: 0o755 });
    }
    await Deno.chmod(folder, 0o755);
    await Deno.writeFile(at("munge.key"), crypto.getRandomValues(new Uint8Array(1024)), {
      mode: 0o400,
    });
    const host = decode((await new Deno.Command("hostname", { args: ["-s"] }).output()).stdout)
      .trim();
    await Deno.writeTextFile(at("slurm.conf"), configOf(folder, { host, cpus }));
    const munged = spawn("munged", [
      "--foreground",
      "--force",
      `--key-file=${at("munge.key")}`,
      `--socket=${at("run/munge.socket")}`,
      `--pid-file=${at("run/munged.pid")}`,
      `--seed-file=${at("run/munge.seed")}`,
    ]);
    const socket = at("run/munge.socket");
    await until(async () => (await Deno.stat(socket).catch(() => null)) !== null, START_SECONDS)
      .catch((error) => {
        kill([munged.pid]);
        throw error;
      });
    const controller = spawn("slurmctld", ["-D", "-c", "-f", at("slurm.conf")]);
    const cluster = new Cluster(folder, munged, controller);
    try {
      cluster.startNode();
      await until(
        async () => /idle/.test(await cluster.tool("sinfo", "--noheader")),
        START_SECONDS,
      );
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Environment of the user's tools. */
  get env(): Record<string, string> {
    return { SLURM_CONF: join(this.folder, "slurm.conf") };
  }

  /** Starts the node's daemon, at first or again. */
  startNode(): void {
    this.#slurmd = spawn("slurmd", ["-D", "-f", join(this.folder, "slurm.conf")]);
  }

  /** What a power cut does: the node's daemon, its steps and the tasks end at once. */
  async loseNode(): Promise<void> {
    const pids = await below(this.#slurmd!.pid);
    const { stdout } = await new Deno.Command("pgrep", { args: ["-x", "slurmstepd"] }).output();
    for (const text of decode(stdout).trim().split("\n")) {
      const pid = Number(text);
      // Steps leave their parent: those of this cluster know its folder.
      const environment = await Deno.readTextFile(`/proc/${pid}/environ`).catch(() => "");
      if (pid > 0 && environment.includes(this.folder)) pids.push(pid, ...await below(pid));
    }
    kill([this.#slurmd!.pid, ...pids]);
    await this.#slurmd!.status;
  }

  /** What Slurm wrote of every job that ended: a line each, `Name=value` words. */
  async trace(): Promise<string> {
    return await Deno.readTextFile(join(this.folder, "log", "jobs.txt")).catch(() => "");
  }

  /** Runs one of Slurm's tools; what it says, also where it fails. */
  async tool(name: string, ...args: string[]): Promise<string> {
    const { stdout, stderr } = await new Deno.Command(name, { args, env: this.env }).output();
    return decode(stdout) + decode(stderr);
  }

  /** Lines of the queue: id, state, seconds to the array's tasks. */
  async queue(): Promise<string[]> {
    const text = await this.tool("squeue", "--noheader", "--array", "--format=%i %T");
    return text.trim() === "" ? [] : text.trim().split("\n");
  }

  /** Processes of the suite that run now, as tasks of arrays or of one job. */
  async taskPids(job?: string): Promise<number[]> {
    const mark = job === undefined ? "SLURM_ARRAY_TASK_ID=" : `SLURM_JOB_ID=${job}\0`;
    const { stdout } = await new Deno.Command("pgrep", { args: ["-f", "tools/main.ts"] }).output();
    const found: number[] = [];
    for (const text of decode(stdout).trim().split("\n")) {
      const environment = await Deno.readTextFile(`/proc/${text}/environ`).catch(() => "");
      if (environment.includes(this.folder) && environment.includes(mark)) {
        found.push(Number(text));
      }
    }
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.loseNode().catch(() => {});
    kill([this.controller.pid, this.munged.pid]);
    await this.controller.status;
    await this.munged.status;
  }
}

/** Ends processes at once; those that have just ended are no fault. */
export function kill(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      Deno.kill(pid, "SIGKILL");
    } catch {
      // ended meanwhile
    }
  }
}

/** Waits until something holds, ten minutes at most. */
export async function until(holds: () => Promise<boolean>, seconds = 600): Promise<void> {
  const end = performance.now() + 1000 * seconds;
  while (!await holds()) {
    if (performance.now() > end) throw new Error(`waited ${seconds} s in vain for ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function spawn(name: string, args: string[]): Deno.ChildProcess {
  return new Deno.Command(name, { args, stdin: "null", stdout: "null", stderr: "null" }).spawn();
}

/** All processes below one. */
async function below(pid: number): Promise<number[]> {
  const { stdout } = await new Deno.Command("pgrep", { args: ["-P", String(pid)] }).output();
  const children = decode(stdout).trim().split("\n").map(Number).filter((child) => child > 0);
  return [...children, ...(await Promise.all(children.map(below))).flat()];
}

function configOf(folder: string, { host, cpus }: { host: string; cpus: number }): string {
  const port = 20_000 + 2 * (Deno.pid % 10_000); // two clusters at once do not meet
  return `ClusterName=scan2score
SlurmctldHost=${host}
AuthType=auth/munge
AuthInfo=socket=${folder}/run/munge.socket,cred_expire=10
SlurmUser=root
SlurmdUser=root
SlurmctldPort=${port}
SlurmdPort=${port + 1}
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/run/slurmctld.pid
SlurmdPidFile=${folder}/run/slurmd.pid
SlurmctldLogFile=${folder}/log/slurmctld.log
SlurmdLogFile=${folder}/log/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/filetxt
JobCompLoc=${folder}/log/jobs.txt
AccountingStorageType=accounting_storage/none
SlurmdParameters=config_overrides
ReturnToService=2
SlurmdTimeout=10
KillWait=2
SchedulerParameters=sched_interval=2,bf_interval=2,requeue_delay=1
NodeName=${host} NodeAddr=127.0.0.1 CPUs=${cpus} RealMemory=1000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`;
}
