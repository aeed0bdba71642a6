/**
 * Logging of the homeserver, as Python's logging.config reads it (synapse/config/logger.py): to standard output, from where hosts forward it. Requests are not written
 * down a second time: the edge has them.
 */
export const logConfig = (): string =>
  `${JSON.stringify(
    {
      version: 1,
      formatters: {
        plain: { format: "%(asctime)s - %(name)s - %(lineno)d - %(levelname)s - %(request)s - %(message)s" },
      },
      handlers: { console: { class: "logging.StreamHandler", formatter: "plain", stream: "ext://sys.stdout" } },
      loggers: {
        "synapse.access": { level: "WARNING" },
        "synapse.storage.SQL": { level: "WARNING" },
        twisted: { level: "WARNING" },
      },
      root: { level: "INFO", handlers: ["console"] },
      disable_existing_loggers: false,
    },
    undefined,
    2,
  )}\n`;
