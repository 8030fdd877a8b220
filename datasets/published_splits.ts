/**
 * Lists of subjects that papers and repositories publish: facts needed to score the same people. Ids
 * are those of the data sets; `docs/datasets.md` says where each comes from.
 */

/** A published list. */
export interface PublishedSplit {
  name: string;
  /** Layouts of data sets that it is about. */
  formats: readonly string[];
  /** Where it was published and what it is called there. */
  source: string;
  /** Which part a subject is in; undefined: none. */
  partOf(id: string): string | undefined;
}

/** Ids of THuman2.0 as numbers; undefined for others. */
function thumanNumber(id: string): number | undefined {
  return /^\d{4}$/.test(id) ? Number(id) : undefined;
}

/** By ranges of THuman2.0's numbers: first, last, part. */
function byNumber(...ranges: readonly (readonly [number, number, string])[]) {
  return (id: string): string | undefined => {
    const number = thumanNumber(id);
    if (number === undefined) return undefined;
    return ranges.find(([first, last]) => number >= first && number <= last)?.[2];
  };
}

/** One part by its list, the rest of the data set another part. */
function byList(ids: ReadonlySet<string>, part: string, rest: string | undefined) {
  return (id: string): string | undefined => ids.has(id) ? part : rest;
}

const THUMAN = ["thuman2"];

/** `yasmin_007` → `rp_yasmin_posed_007`. */
function renderPeople(list: string): Set<string> {
  return new Set(
    list.trim().split(/\s+/).map((id) => id.replace(/^(.+)_(\d{3})$/, "rp_$1_posed_$2")),
  );
}

const PIFUHD_TEST = renderPeople(`
ben_001 ben_003 ben_007 caren_008 caren_009 caren_011 caren_020 christopher_001 christopher_003
christopher_005 christopher_008 emily_008 emily_009 emily_010 emily_016 emily_023 emily_027 eve_001
george_002 george_003 laura_002 mira_006 mira_016 mira_019 mira_024 oliver_003 oliver_012 oliver_023
oliver_027 pamela_003 pamela_011 pamela_012 saki_012 saki_020 saki_024 saki_025 saki_030 serena_002
serena_005 serena_011 serena_022 sheila_011 sheila_012 sheila_019 sheila_032 stephen_015 stephen_031
stephen_034 stephen_045 zoey_001`);

const ECON_LOOSE = renderPeople(`
yasmin_007 victoria_006 tilda_005 tiffany_015 tanja_018 stephanie_010 stacy_002 serena_027 serena_024
seiko_031 seiko_015 saki_033 rosy_014 rosy_001 roberta_022 rick_016 ray_007 ramon_002 ralph_013
philip_030 petra_008 olivia_014 olivia_007 naomi_034 naomi_030 martha_002 martha_001 marleen_002
lina_004 kylie_017 kylie_006 kylie_003 kent_005 kent_002 julia_022 julia_014 judy_002 jessica_058
jessica_022 jennifer_003 janna_046 janna_043 janna_034 janna_019 janett_016 jamal_012 helen_037
fiona_002 felice_005 felice_004 eve_003 eve_002 eve_001 eric_048 emma_029 ellie_015 ellie_014
debra_016 debra_014 debra_004 corey_020 corey_009 corey_004 cody_016 claudia_034 claudia_033
claudia_024 claudia_025 cindy_020 christine_023 christine_022 christine_020 christine_010 carla_016
caren_009 caren_008 brandon_006 belle_001 beatrice_025 beatrice_024 beatrice_023 beatrice_021
beatrice_019 beatrice_017 anna_008 anna_007 anna_006 anna_003 anna_001 alvin_016 alison_028
alison_024 alison_017 alexandra_022 alexandra_023 alexandra_019 alexandra_018 alexandra_013
alexandra_012 alexandra_011`);

const INTEGRATED_PIFU_TEST = new Set(
  `
0189 0206 0404 0320 0418 0133 0025 0287 0138 0044 0405 0112 0415 0506 0188 0035 0403 0317 0191 0210
0079 0163 0426 0455 0339 0084 0452 0401 0119 0434 0118 0004 0022 0199 0113 0233 0200 0386 0519 0097
0444 0284 0282 0314 0024 0062 0168 0049 0380 0522 0031 0410 0082 0514 0348 0227 0169 0521 0174 0419
0295 0476 0327 0479 0493 0178 0202 0469 0306 0157 0495 0440`.trim().split(/\s+/),
);

const CAPE_NFP = new Set(
  `
00215-jerseyshort-pose_model-000200 00134-longlong-ballet4_trial2-000250
00134-longlong-badminton_trial1-000230 00134-longlong-frisbee_trial1-000190
03375-shortlong-ballet1_trial1-000210 03375-longlong-babysit_trial2-000110
00134-shortlong-stretch_trial1-000310 03375-shortshort-lean_trial1-000060
03375-shortshort-swim_trial2-000110 03375-longlong-box_trial1-000190
03375-longlong-row_trial2-000150 00134-shortlong-hockey_trial1-000140
00134-shortlong-hockey_trial1-000090 00134-longlong-ski_trial2-000200
00134-longlong-stretch_trial1-000450 00096-shirtshort-soccer-000160
03375-shortshort-hands_up_trial2-000270 03375-shortshort-ballet1_trial1-000110
03375-longlong-babysit_trial2-000150 03375-shortshort-fashion_trial1-000140
00134-shortlong-ballet2_trial1-000110 00134-longlong-ballet2_trial1-000120
00134-shortlong-ballet2_trial1-000120 00134-shortlong-ballet2_trial1-000090
00134-longlong-ballet2_trial2-000110 00134-longlong-volleyball_trial2-000050
00134-longlong-stretch_trial1-000500 00134-longlong-housework_trial1-000380
00134-shortlong-dig_trial1-000150 03375-longlong-catchpick_trial1-000110
03375-shortlong-ballet1_trial1-000250 03375-shortlong-shoulders_trial1-000360
03375-shortlong-slack_trial2-000070 03375-shortlong-shoulders_trial1-000220
03375-shortlong-stretch_trial1-000330 00127-shortlong-ballerina_spin-000080
00127-shortlong-ballerina_spin-000200 00096-shortshort-basketball-000100
00096-shortshort-ballerina_spin-000160 00134-longlong-stretch_trial2-000440
02474-longlong-ATUsquat-000100 03375-longlong-ATUsquat_trial1-000120
02474-longlong-ATUsquat-000110 00134-longlong-ballet1_trial1-000180
00096-shirtlong-ATUsquat-000130 00032-shortshort-pose_model-000030
00134-shortlong-athletics_trial2-000070 00032-longshort-pose_model-000060
00032-shortshort-shoulders_mill-000060 00127-shortlong-pose_model-000430
00122-shortshort-ATUsquat-000120 00032-shortshort-bend_back_and_front-000220
00096-shortshort-squats-000180 00032-shortlong-squats-000090
03375-shortlong-ATUsquat_trial2-000080 03375-shortshort-lean_trial1-000130
03375-blazerlong-music_trial1-000150 03284-longlong-hips-000170
03375-shortlong-shoulders_trial1-000370 03375-shortlong-ballet1_trial1-000290
00215-jerseyshort-shoulders_mill-000320 00215-poloshort-soccer-000110
00122-shortshort-punching-000170 00096-jerseyshort-shoulders_mill-000140
00032-longshort-flying_eagle-000240 00134-shortlong-swim_trial1-000160
03375-shortshort-music_trial1-000120 03375-shortshort-handball_trial1-000120
00215-longshort-punching-000060 00134-shortlong-swim_trial2-000120
03375-shortshort-hands_up_trial1-000140 03375-shortshort-hands_up_trial1-000270
03375-shortshort-volleyball_trial1-000110 03375-shortshort-swim_trial1-000270
03375-longlong-row_trial2-000190 00215-poloshort-flying_eagle-000120
03223-shortshort-flying_eagle-000280 00096-shirtlong-shoulders_mill-000110
00096-shirtshort-pose_model-000190 03375-shortshort-swim_trial1-000190
03375-shortlong-music_trial2-000040 03375-shortlong-babysit_trial2-000070
00215-jerseyshort-flying_eagle-000110 03375-blazerlong-music_trial1-000030
03375-longlong-volleyball_trial2-000230 03375-blazerlong-lean_trial2-000110
03375-longlong-box_trial2-000110 03375-longlong-drinkeat_trial2-000050
00134-shortlong-slack_trial1-000150 03375-shortshort-climb_trial1-000170
00032-longshort-tilt_twist_left-000060 00215-longshort-chicken_wings-000060
00215-poloshort-bend_back_and_front-000130 03223-longshort-flying_eagle-000480
00215-longshort-bend_back_and_front-000100 00215-longshort-tilt_twist_left-000130
00096-longshort-tilt_twist_left-000150 03284-longshort-twist_tilt_left-000080
03223-shortshort-flying_eagle-000270 02474-longshort-improvise-000080`.trim().split(/\s+/),
);

/** Every list. */
export const PUBLISHED_SPLITS: readonly PublishedSplit[] = [
  {
    name: "thuman2-icon",
    formats: THUMAN,
    source: "ICON, lib/dataset/PIFuDataset.py: [500, 505] when no lists are given (5 for test)",
    partOf: byNumber([0, 499, "train"], [500, 504, "test"], [505, 525, "val"]),
  },
  {
    name: "thuman2-gta",
    formats: THUMAN,
    source: "GTA, SIFU, HiLo: 490 train, 15 val, 21 test (0505 to 0525)",
    partOf: byNumber([0, 489, "train"], [490, 504, "val"], [505, 525, "test"]),
  },
  {
    name: "thuman2-shert",
    formats: THUMAN,
    source: "SHERT: the first 499 train, the last 27 test",
    partOf: byNumber([0, 498, "train"], [499, 525, "test"]),
  },
  {
    name: "thuman2-integrated-pifu",
    formats: THUMAN,
    source: "IntegratedPIFu, test_set_list.txt: 72 test; its list of 290 for training is not here",
    partOf: (id) => {
      const number = thumanNumber(id);
      if (number === undefined || number > 525) return undefined;
      return INTEGRATED_PIFU_TEST.has(id) ? "test" : "rest";
    },
  },
  {
    name: "cape-nfp",
    formats: ["cape-icon", "cape"],
    source: "ECON, pose.txt: CAPE-NFP, the 100 hard scans of ICON's 150",
    partOf: byList(CAPE_NFP, "test", undefined),
  },
  {
    name: "renderpeople-pifuhd",
    formats: ["renderpeople"],
    source: "PIFuHD, data/RenderPeople_test.csv: 50 test, the others train",
    partOf: byList(PIFUHD_TEST, "test", "train"),
  },
  {
    name: "renderpeople-loose",
    formats: ["renderpeople"],
    source:
      "ECON, loose.txt: 100 in loose clothes; 3 of them are PIFuHD's test, 21 its training people",
    partOf: byList(ECON_LOOSE, "test", undefined),
  },
];

/** The list of a name. @throws {RangeError} If there is none. */
export function publishedSplit(name: string): PublishedSplit {
  const split = PUBLISHED_SPLITS.find((split) => split.name === name);
  if (split !== undefined) return split;
  throw new RangeError(
    `Cannot split by "${name}", expected one of ${
      PUBLISHED_SPLITS.map(({ name }) => name).join(", ")
    }`,
  );
}
