/** Numbers for people. */
export const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;

export const count = (n: number): string => Math.round(n).toLocaleString("en-US");
