/** The header without which no change is taken from a browser; a form of another site cannot set it. */
export const requestHeader = 'x-berth-request'

/** Set by the proxy, whatever a client sends: which page was asked for. A layout has no other way to know. */
export const pathHeader = 'x-berth-path'
