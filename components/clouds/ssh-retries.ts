/**
 * Retries of an SSH connection: a machine that was just made, released or restarted answers again within minutes. Source: pulumi-command
 * v1.2.1, whose default gives up after ten refused dials.
 */
export const sshRetries = { dialErrorLimit: 60, perDialTimeout: 15 } as const;
