/** Where something is in a picture. */

/** A rectangle. */
export interface Box {
  readonly left: number;
  readonly top: number;
  /** The column and the row after the last. */
  readonly right: number;
  readonly bottom: number;
}

/** Pixels that touch each other, by sides or corners. */
export interface Part extends Box {
  readonly pixels: readonly number[];
}

export const widthOf = ({ left, right }: Box): number => right - left;
export const heightOf = ({ top, bottom }: Box): number => bottom - top;
export const sizeOf = (box: Box): number => Math.max(widthOf(box), heightOf(box));
