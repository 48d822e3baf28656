/** The sheet that digits are drawn on, in its own pixels. */
export const sheet = {
  /** Its width and its height. */
  side: 280,
  /** The width of the pen's line. */
  pen: 20,
} as const;
