/** The page's style sheet, put together from its parts; later parts refine earlier ones. */
import bars from "./bars.css" with { type: "text" };
import base from "./base.css" with { type: "text" };
import controls from "./controls.css" with { type: "text" };
import media from "./media.css" with { type: "text" };
import plots from "./plots.css" with { type: "text" };
import protocol from "./protocol.css" with { type: "text" };
import stage from "./stage.css" with { type: "text" };
import subjects from "./subjects.css" with { type: "text" };
import tables from "./tables.css" with { type: "text" };
import viewer from "./viewer.css" with { type: "text" };

/** CSS, without comments. */
export const STYLE: string = [
  base,
  controls,
  tables,
  bars,
  subjects,
  protocol,
  viewer,
  plots,
  stage,
  media,
]
  .join("\n").replaceAll(/\/\*[^]*?\*\/\n?/g, "");
