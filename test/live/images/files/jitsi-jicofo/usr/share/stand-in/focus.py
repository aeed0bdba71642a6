"""Stands in for Jicofo: logs in as the focus, watches the bridges' room, and says on its web port whether bridges are there.

Paths and answers as in jitsi/jicofo a595d0b: ktor/Application.kt, health/JicofoHealthChecker.kt, bridge/BridgeSelector.kt.
"""
import asyncio

from common import Account, as_json, as_metrics, asked, authorities, configuration, log, serve, switched_on, until_told, variable

domain = variable("XMPP_AUTH_DOMAIN")
room = f'{variable("JVB_BREWERY_MUC", "jvbbrewery")}@{variable("XMPP_INTERNAL_MUC_DOMAIN")}'
client = configuration("/run/jicofo/config/custom-jicofo.conf").get("jicofo.xmpp.client", {})
# The image's own value is true.
unverified = client.get("disable-certificate-verification", True)


class Focus(Account):
    """The focus in the bridges' room."""

    def __init__(self):
        super().__init__(
            f"focus@{domain}/focus",
            variable("JICOFO_AUTH_PASSWORD"),
            (variable("XMPP_SERVER"), int(variable("XMPP_PORT", "5222"))),
            room,
            "focus",
            None if unverified else authorities(),
            client.get("use-tls", True),
        )
        # Bridges by nickname; whether each is healthy.
        self.bridges = {}
        self.add_event_handler(f"muc::{room}::presence", self.seen)
        self.add_event_handler(f"muc::{room}::got_offline", self.gone)

    def seen(self, presence):
        name = presence["muc"]["nick"]
        if name == "focus" or presence["type"] == "unavailable":
            return
        stats = {one.get("name"): one.get("value") for one in presence.xml.iter("{http://jitsi.org/protocol/colibri}stat")}
        healthy = stats.get("healthy", "true") == "true"
        if self.bridges.get(name) != healthy:
            log.info("bridge %s is %s", name, "operational" if healthy else "unhealthy")
        self.bridges[name] = healthy

    def gone(self, presence):
        if self.bridges.pop(presence["muc"]["nick"], None) is not None:
            log.info("bridge %s is gone", presence["muc"]["nick"])

    def lost(self, event):
        self.bridges.clear()
        super().lost(event)

    def operational(self):
        return sum(self.bridges.values())


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
focus = Focus()


def health():
    if focus.operational() == 0:
        return 500, "text/plain", f"No operational bridges available (total bridge count: {len(focus.bridges)})"
    try:
        asked(loop, focus["xep_0199"].ping(domain, timeout=5), 5)
    except Exception as error:
        return 503, "text/plain", f"no answer of the signalling server: {error!r}"
    return 200, "text/plain", "OK"


# Without JICOFO_ENABLE_REST only the container itself can ask.
serve(
    "0.0.0.0" if switched_on("JICOFO_ENABLE_REST") else "127.0.0.1",
    8888,
    {
        "GET /about/version": lambda: as_json({"name": "JiCoFo", "version": "stand-in", "os": "Linux"}),
        "GET /about/health": health,
        "GET /stats": lambda: as_json(
            {
                "bridge_selector": {
                    "bridge_count": len(focus.bridges),
                    "operational_bridge_count": focus.operational(),
                }
            }
        ),
        "GET /metrics": lambda: as_metrics(
            {
                "jitsi_jicofo_bridge_selector_bridge_count": len(focus.bridges),
                "jitsi_jicofo_bridge_selector_bridge_count_operational": focus.operational(),
            }
        ),
    },
)
focus.begin()
until_told(loop)
