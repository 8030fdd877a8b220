/**
 * A Firefox of this machine, driven over WebDriver BiDi (its own debugging port; no driver in between).
 * https://w3c.github.io/webdriver-bidi/
 */
import { join } from "node:path";

/** Settings: software rendering may draw WebGL, and nothing is fetched that no page asks for. */
const PREFERENCES: Readonly<Record<string, boolean | number | string>> = {
  "webgl.force-enabled": true,
  "webgl.disabled": false,
  "gfx.webrender.software": true,
  "app.normandy.enabled": false,
  "app.update.enabled": false,
  "browser.aboutHomeSnippets.updateUrl": "",
  "browser.newtabpage.enabled": false,
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.page": 0,
  "datareporting.policy.dataSubmissionEnabled": false,
  "dom.disable_open_during_load": true,
  "extensions.update.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "data:,",
  "toolkit.telemetry.enabled": false,
  "toolkit.telemetry.reportingpolicy.firstRun": false,
};

/** How long Firefox may take to start or to answer. */
const PATIENCE_MS = 60_000;

type Params = Record<string, unknown>;

/** One tab of a running Firefox. `close` ends it. */
export class Firefox {
  /** Texts of the console, errors, and requests for anything but files and data. */
  readonly complaints: string[] = [];
  private next = 1;
  private readonly waiting = new Map<number, (answer: Params) => void>();
  private context = "";

  private constructor(
    private readonly process: Deno.ChildProcess,
    private readonly socket: WebSocket,
    private readonly profile: string,
  ) {
    socket.addEventListener("message", ({ data }) => this.take(JSON.parse(data) as Params));
  }

  /**
   * Starts the program `path` with a profile of its own. Without a display (DISPLAY) it runs headless,
   * in which it may offer no WebGL.
   *
   * @throws {Error} If it does not start.
   */
  static async launch(path: string): Promise<Firefox> {
    const profile = await Deno.makeTempDir({ prefix: "scan2score-firefox-" });
    const lines = Object.entries(PREFERENCES).map(([name, value]) =>
      `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`
    );
    await Deno.writeTextFile(join(profile, "user.js"), lines.join(""));
    const display = Deno.env.get("DISPLAY");
    const process = new Deno.Command(path, {
      args: [
        ...(display === undefined ? ["--headless"] : []),
        "--no-remote",
        "--profile",
        profile,
        "--remote-debugging-port",
        "0",
      ],
      env: { HOME: profile },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const address = await addressIn(process.stderr);
    const socket = new WebSocket(`${address}/session`);
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onerror = () => reject(new Error("Cannot talk to Firefox: the socket failed"));
    });
    const firefox = new Firefox(process, socket, profile);
    await firefox.send("session.new", { capabilities: {} });
    const events = ["log.entryAdded", "network.beforeRequestSent"];
    await firefox.send("session.subscribe", { events });
    const { context } = await firefox.send("browsingContext.create", { type: "tab" });
    firefox.context = context as string;
    return firefox;
  }

  private take(message: Params): void {
    if (typeof message.id === "number") {
      this.waiting.get(message.id)?.(message);
      this.waiting.delete(message.id);
      return;
    }
    const params = message.params as { text?: string; request?: { url: string } };
    if (message.method === "log.entryAdded") this.complaints.push(params.text ?? "log");
    const url = params.request?.url;
    if (url !== undefined && !/^(?:file|data|about|blob):/.test(url)) {
      this.complaints.push(`request: ${url}`);
    }
  }

  private async send(method: string, params: Params): Promise<Params> {
    const id = this.next++;
    const answer = new Promise<Params>((resolve) => this.waiting.set(id, resolve));
    this.socket.send(JSON.stringify({ id, method, params }));
    const { result, message } = await answer as { result?: Params; message?: string };
    if (result === undefined) throw new Error(`Firefox refused ${method}: ${message}`);
    return result;
  }

  /** Sets the window's size in CSS pixels. */
  async resize(width: number, height: number): Promise<void> {
    const { context } = this;
    await this.send("browsingContext.setViewport", { context, viewport: { width, height } });
  }

  /** Loads an address. */
  async goto(url: string): Promise<void> {
    const { context } = this;
    await this.send("browsingContext.navigate", { context, url, wait: "complete" });
  }

  /** What an expression gives in the page, as JSON; promises are awaited. */
  async evaluate<T>(expression: string): Promise<T> {
    const answer = await this.send("script.evaluate", {
      expression: `(async () => JSON.stringify(await (${expression})))()`,
      target: { context: this.context },
      awaitPromise: true,
    }) as { result?: { value?: string }; exceptionDetails?: { text: string } };
    if (answer.exceptionDetails !== undefined) throw new Error(answer.exceptionDetails.text);
    const text = answer.result?.value;
    return (text === undefined ? undefined : JSON.parse(text)) as T;
  }

  /** A picture of an element, or of the window: PNG. */
  async screenshot(selector?: string): Promise<Uint8Array> {
    const { context } = this;
    const clip = selector === undefined ? {} : {
      clip: { type: "element", element: { sharedId: await this.elementId(selector) } },
    };
    const { data } = await this.send("browsingContext.captureScreenshot", { context, ...clip });
    return Uint8Array.fromBase64(data as string);
  }

  /** Clicks the middle of an element with the mouse. */
  async click(selector: string): Promise<void> {
    const element = { sharedId: await this.elementId(selector) };
    await this.evaluate(
      `document.querySelector(${
        JSON.stringify(selector)
      }).scrollIntoView({ block: "center", behavior: "instant" }) ?? 0`,
    );
    const origin = { type: "element", element };
    await this.act({
      type: "pointer",
      id: "mouse",
      actions: [
        { type: "pointerMove", x: 0, y: 0, origin },
        { type: "pointerDown", button: 0 },
        { type: "pointerUp", button: 0 },
      ],
    });
  }

  /** Presses keys one after another: letters, or codes of WebDriver (`\uE00C` is Escape). */
  async press(...keys: string[]): Promise<void> {
    const actions = keys.flatMap((value) => [
      { type: "keyDown", value },
      { type: "keyUp", value },
    ]);
    await this.act({ type: "key", id: "keys", actions });
  }

  private async act(source: Params): Promise<void> {
    await this.send("input.performActions", { context: this.context, actions: [source] });
  }

  private async elementId(selector: string): Promise<string> {
    const answer = await this.send("browsingContext.locateNodes", {
      context: this.context,
      locator: { type: "css", value: selector },
      maxNodeCount: 1,
    }) as { nodes: { sharedId: string }[] };
    if (answer.nodes.length === 0) throw new Error(`No element matches ${selector}`);
    return answer.nodes[0].sharedId;
  }

  /** Ends the program and removes its profile. */
  async close(): Promise<void> {
    await this.send("browser.close", {}).catch(() => this.process.kill());
    await this.process.status;
    if (this.socket.readyState < WebSocket.CLOSING) this.socket.close();
    await Deno.remove(this.profile, { recursive: true });
  }
}

/** The address that Firefox prints once it listens; the rest of what it prints is let go. */
function addressIn(stderr: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "", found = false;
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`Firefox did not start: ${text.slice(-500)}`)),
      PATIENCE_MS,
    );
    void (async () => {
      for await (const chunk of stderr) {
        if (found) continue;
        text += decoder.decode(chunk, { stream: true });
        const address = /WebDriver BiDi listening on (ws:\/\/\S+)/.exec(text)?.[1];
        if (address === undefined) continue;
        found = true;
        clearTimeout(late);
        resolve(address);
      }
    })();
  });
}
