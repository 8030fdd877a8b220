/// <reference lib="dom" />
/** Pictures, large: the arrow keys walk between methods (sideways) and pictures (up, down). */
import { all, one } from "./dom.ts";

/** Makes the pictures of the gallery and of a subject's page open large. */
export function watchPictures(): void {
  const viewer = one<HTMLDialogElement>(".viewer");
  const large = viewer && one<HTMLImageElement>("img", viewer);
  if (viewer === undefined || large === undefined) return;
  const nothing = large.src;
  const caption = all("figcaption *", viewer);
  let shown: HTMLElement | undefined;

  const show = (shot: HTMLElement): void => {
    const picture = one<HTMLImageElement>("img", shot)!;
    const subject = shot.closest<HTMLElement>("[data-name]");
    shown = shot;
    large.src = picture.src;
    large.alt = picture.alt;
    caption[0].textContent = `${subject?.dataset.name} · ${shot.dataset.who}`;
    caption[1].textContent = shot.dataset.label ?? "";
    if (!viewer.open) {
      viewer.classList.remove("actual");
      viewer.showModal();
    }
  };
  const peersOf = (wanted: (shot: HTMLElement) => boolean): HTMLElement[] => {
    const subject = shown?.closest("[data-name]");
    return subject ? all("[data-slot]", subject).filter(wanted) : [];
  };
  const step = (shots: HTMLElement[], by: number): void => {
    if (shown === undefined || shots.length === 0) return;
    show(shots[(shots.indexOf(shown) + by + shots.length) % shots.length]);
  };
  const stepMethod = (by: number) =>
    step(peersOf((shot) => shot.dataset.slot === shown?.dataset.slot), by);
  const stepPicture = (by: number) =>
    step(peersOf((shot) => shot.dataset.who === shown?.dataset.who), by);

  document.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element)) return;
    const button = target.closest<HTMLElement>("button");
    if (button?.dataset.slot) show(button);
    if (button?.dataset.step) stepMethod(Number(button.dataset.step));
    if (button !== null && "close" in button.dataset) button.closest("dialog")?.close();
    // A click on the picture shows its own pixels, another one all of it.
    if (target === large) viewer.classList.toggle("actual");
  });
  viewer.addEventListener("keydown", (event) => {
    const steps: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -1,
      ArrowDown: 1,
    };
    const by = steps[event.key];
    if (by === undefined) return;
    event.preventDefault();
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") stepMethod(by);
    else stepPicture(by);
  });
  viewer.addEventListener("close", () => {
    large.src = nothing;
    large.alt = "";
    shown?.focus();
  });
}
