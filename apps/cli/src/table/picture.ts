/** A picture of how well a model predicts: loaded only where it is asked for. */
import type { Target } from "./column.ts";
import type { Verdict } from "./judge.ts";

/** Predictions against the truth for numbers, the confusion for classes, as SVG. */
export async function tablePicture({ shown }: Verdict, target: Target): Promise<string> {
  const { confusionPlot, predictionsPlot } = await import("@dlcc/pictures");
  if (target.kind === "category") {
    return confusionPlot({ confusion: shown as readonly (readonly number[])[], classes: target.values });
  }
  const points = (shown as readonly (readonly [number, number])[]).map(([truth, guess]) => ({ truth, guess }));
  return predictionsPlot({ points, name: target.name });
}
