/** The protocols of the field. */
export * from "./econ_2023.ts";
export * from "./editable_humans_2023.ts";
export * from "./gta_2023.ts";
export * from "./hilo_2024.ts";
export * from "./human3diffusion_2024.ts";
export * from "./icon_2022.ts";
export * from "./integrated_pifu_2022.ts";
export * from "./open3d_0_20.ts";
export * from "./pifuhd_2020.ts";
export * from "./pytorch3d.ts";
export * from "./sifu_2024.ts";
export * from "./sith_2024.ts";
export * from "./synchuman.ts";
export * from "./twoktwok_style.ts";
export * from "./xavatar_2023.ts";
