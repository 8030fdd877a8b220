/** All layouts that can be read: one line each, most specific first. */
import { BUFF_READER } from "./buff.ts";
import { CAPE_ICON_READER, CAPE_READER } from "./cape.ts";
import { CUSTOM_HUMANS_READER } from "./custom_humans.ts";
import { FOUR_D_DRESS_READER } from "./four_d_dress.ts";
import { HUMMAN_READER } from "./humman.ts";
import { MAPPED_READER } from "./mapped.ts";
import { GLTF_READER, MESHES_READER } from "./meshes.ts";
import { MULTIHUMAN_READER } from "./multihuman.ts";
import type { DatasetReader } from "./reader.ts";
import { RENDERPEOPLE_READER } from "./renderpeople.ts";
import { detectSuite, openSuite } from "./suite.ts";
import { THUMAN_READER } from "./thuman.ts";
import { TWOKTWOK_READER } from "./twoktwok.ts";
import { detectViews, openViews } from "./views.ts";
import { X_HUMANS_READER } from "./x_humans.ts";

/** Every layout. */
export const READERS: readonly DatasetReader[] = [
  {
    format: "suite-views",
    title: "views that render wrote",
    detect: ({ place }) => detectViews(place),
    open: ({ place }) => openViews(place),
  },
  {
    format: "suite",
    title: "the suite's own: subjects/<id>.json",
    detect: ({ place }) => detectSuite(place),
    open: ({ place }) => openSuite(place),
  },
  MAPPED_READER,
  X_HUMANS_READER,
  FOUR_D_DRESS_READER,
  HUMMAN_READER,
  CUSTOM_HUMANS_READER,
  CAPE_READER,
  CAPE_ICON_READER,
  RENDERPEOPLE_READER,
  THUMAN_READER,
  BUFF_READER,
  MULTIHUMAN_READER,
  TWOKTWOK_READER,
  GLTF_READER,
  MESHES_READER,
];
