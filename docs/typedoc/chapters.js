/** The chapters of the course by their guide. */
import { chapters } from "@dlcc/course";

/** The chapters that a guide explains; none for other pages. */
export const chaptersOf = (guide) => chapters.filter((chapter) => chapter.guide === guide);
