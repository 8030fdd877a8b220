/// <reference lib="dom" />
/** A camera that circles a person: by pointer, touch, wheel and keyboard. */

/** Where the camera stands. */
export interface OrbitState {
  /** Degrees about the vertical; 0 looks at the front. */
  yawDeg: number;
  /** Degrees above the horizon. */
  pitchDeg: number;
  /** Distance to the target, metres. */
  distanceM: number;
  /** The point looked at, metres. */
  target: [number, number, number];
}

const DEGREES_PER_PIXEL = 0.4, KEY_DEG = 15, ZOOM_STEP = 1.15, MAX_PITCH = 89;

/** Watches an element and keeps a camera's place. Call `release` when it is no longer needed. */
export class Orbit {
  private readonly pointers = new Map<number, PointerEvent>();
  private readonly listeners = new AbortController();

  readonly state: OrbitState;
  private readonly element: HTMLElement;
  private readonly changed: () => void;

  /** @param changed Told after every move. */
  constructor(element: HTMLElement, state: OrbitState, changed: () => void) {
    this.element = element;
    this.state = state;
    this.changed = changed;
    const { signal } = this.listeners;
    element.addEventListener("pointerdown", (event) => this.press(event), { signal });
    element.addEventListener("pointermove", (event) => this.move(event), { signal });
    for (const end of ["pointerup", "pointercancel"] as const) {
      element.addEventListener(end, (event) => this.pointers.delete(event.pointerId), { signal });
    }
    element.addEventListener("wheel", (event) => this.wheel(event), { signal, passive: false });
    element.addEventListener("keydown", (event) => this.key(event), { signal });
    element.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
  }

  release(): void {
    this.listeners.abort();
  }

  /** Looks from a side. */
  look(yawDeg: number, pitchDeg = 0): void {
    Object.assign(this.state, { yawDeg, pitchDeg });
    this.changed();
  }

  private press(event: PointerEvent): void {
    if (event.target !== this.element) return; // the slider's handle has its own
    this.element.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, event);
  }

  private move(event: PointerEvent): void {
    const last = this.pointers.get(event.pointerId);
    if (last === undefined) return;
    const others = [...this.pointers.values()].filter((p) => p.pointerId !== event.pointerId);
    const dx = event.clientX - last.clientX, dy = event.clientY - last.clientY;
    if (others.length > 0) {
      const spread = (p: PointerEvent) =>
        Math.hypot(p.clientX - others[0].clientX, p.clientY - others[0].clientY);
      this.zoom(spread(last) / Math.max(1, spread(event)));
      this.pan(dx / 2, dy / 2);
    } else if (event.shiftKey || (event.buttons & 6) !== 0) this.pan(dx, dy);
    else this.turn(-DEGREES_PER_PIXEL * dx, DEGREES_PER_PIXEL * dy);
    this.pointers.set(event.pointerId, event);
  }

  private wheel(event: WheelEvent): void {
    // With a modifier or the viewer in focus it zooms; else the page scrolls.
    if (!event.ctrlKey && document.activeElement !== this.element) return;
    event.preventDefault();
    this.zoom(ZOOM_STEP ** Math.sign(event.deltaY));
  }

  private key(event: KeyboardEvent): void {
    const turns: Record<string, [number, number]> = {
      ArrowLeft: [-KEY_DEG, 0],
      ArrowRight: [KEY_DEG, 0],
      ArrowUp: [0, KEY_DEG],
      ArrowDown: [0, -KEY_DEG],
    };
    if (event.target !== this.element || event.ctrlKey || event.metaKey || event.altKey) return;
    const turn = turns[event.key];
    if (turn !== undefined && event.shiftKey) this.pan(-2 * turn[0], 2 * turn[1]);
    else if (turn !== undefined) this.turn(...turn);
    else if (event.key === "+" || event.key === "=") this.zoom(1 / ZOOM_STEP);
    else if (event.key === "-") this.zoom(ZOOM_STEP);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private turn(yawDeg: number, pitchDeg: number): void {
    const { state } = this;
    state.yawDeg = (state.yawDeg + yawDeg + 540) % 360 - 180;
    state.pitchDeg = Math.max(-MAX_PITCH, Math.min(MAX_PITCH, state.pitchDeg + pitchDeg));
    this.changed();
  }

  private zoom(factor: number): void {
    this.state.distanceM = Math.max(0.15, Math.min(30, factor * this.state.distanceM));
    this.changed();
  }

  /** Moves the target in the picture's plane, so that a point follows the pointer. */
  private pan(dx: number, dy: number): void {
    const { state } = this;
    const scale = 0.55 * state.distanceM / Math.max(1, this.element.clientHeight);
    const yaw = state.yawDeg * Math.PI / 180, pitch = state.pitchDeg * Math.PI / 180;
    const [x, y, z] = state.target, up = scale * dy;
    state.target = [
      x - scale * dx * Math.cos(yaw) - up * Math.sin(pitch) * Math.sin(yaw),
      y + up * Math.cos(pitch),
      z + scale * dx * Math.sin(yaw) - up * Math.sin(pitch) * Math.cos(yaw),
    ];
    this.changed();
  }
}
