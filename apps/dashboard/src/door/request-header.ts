/** The header without which no change is taken from a browser; a form of another site cannot set it. */
export const requestHeader = 'x-berth-request'
