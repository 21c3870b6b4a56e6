// A line that is too long for a log stands in it as several: the marks say so to a reader, and `logs` joins them again.

/** With its marks and its end; a log keeps that much in one file. */
export const LONGEST_LINE = 64 * 1024;
/** Behind a part that is not the last, and before one that is not the first: lines of others may stand in between. */
export const GOES_ON = " [sidelite: the line goes on]";
export const WENT_ON = "[sidelite: the line goes on] ";
