/** What each constant of a field protocol means; where it comes from is said by each protocol. */
import type { FieldConstants } from "./field_protocol.ts";

export const FIELD_NOTES: Readonly<Required<Record<keyof FieldConstants, string>>> = Object.freeze({
  samples: "Points asked of the sampler on each surface. The originals draw without a seed; here " +
    "the run's seed, the subject and the surface decide.",
  sampler: "area: independent points, a triangle by its area, then a place in it. even: three " +
    "times as many such points, of which of each pair nearer than √(area / 3n) the one with more " +
    "such neighbours is dropped (trimesh's sample_surface_even); fewer than asked for may be left.",
  target:
    "What a point's distance is measured to: the surface (exact), its edges where triangles " +
    "are smaller than minTriangleArea (PyTorch3D), or the nearest sampled point.",
  minTriangleArea: "Triangles below this area, in the space's units², have edges only.",
  exponent: "1: means of distances. 2: means of squared distances.",
  chamfer: "How both directions are put together.",
  space: "height-180: the scan's box, as posed, is 180 high and 102.4 is 1, for both meshes. " +
    "longest-axis: the longest side of the scan's box is 1. file-units: those of the scan's file.",
  unitFactor: "Reported numbers are those of the space times this.",
  unit: "Ends the keys.",
  predictionScope: "largest-component: only the connected piece with most vertices is scored.",
  icp: "Alignment before scoring, from where the prediction stands; null: none.",
  normalConsistency:
    "Which normals are compared, as |cosine|: those of a sample's triangle and of " +
    "its nearest sample's, or of its nearest triangle.",
  fScoreThresholdM: "Distance up to which a point counts as met, metres as aligned.",
  fScoreStrict: "How it is compared with the threshold.",
  boxIou: "Overlap of the two axis-aligned boxes. It says nothing about volumes.",
  maximum: "hausdorff: the larger of both directions' largest distances. prediction-twice: the " +
    "original takes the largest distance from the prediction in place of both.",
  faceToPoint: "Whether the mean over triangles of the distance to the nearest sample is computed.",
  normalError: "How rendered normals are compared; null: they are not.",
  nanBecomes: "What the original puts in place of a distance that is not a number. Here meshes " +
    "with such vertices are refused, so it never happens.",
  inputYawsDeg: "Views that the original feeds to the methods and averages over; null: not said.",
  localParts:
    "Scores of hands and face: of the samples whose nearest vertex of the subject's body " +
    "is of them. The original's list of vertices is not public; here: what the joints of the hand " +
    "move most; what those of the head move, before its joint and above it.",
  outerDirections: "Rays a sample of the scan for the …_outer keys; null: they are left out.",
  outerStartM: "How far off the triangle such a ray starts, metres.",
});
