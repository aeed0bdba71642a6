/**
 * How long a connection is tried for: a machine that was made, released or restarted a moment ago answers again within minutes. Source: pulumi-command
 * v1.2.1, whose default gives up after ten refused dials.
 */
export const sshRetries = { dialErrorLimit: 60, perDialTimeout: 15 } as const;
