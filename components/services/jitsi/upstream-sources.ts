/** Repositories of upstream at the revisions that were read; `upstream.ts` says more about them. */
export const images = (path: string): string => `jitsi/docker-jitsi-meet 738058b ${path}`;
export const bridge = (path: string): string => `jitsi/jitsi-videobridge 4bb0aea ${path}`;
export const focus = (path: string): string => `jitsi/jicofo a595d0b ${path}`;
export const client = (path: string): string => `jitsi/lib-jitsi-meet 01daa07 ${path}`;
export const fork = (path: string): string => `ericva01/jitsi-meeting aeac810 ${path}`;
export const prosodySources = (path: string): string => `Prosody 13.0.1 (db3735d) ${path}`;
export const transcriber = (path: string): string => `jitsi/opus-transcriber-proxy d413315 ${path}`;
export const turn = (path: string): string => `coturn/coturn 8024aa6 ${path}`;
