"""Stands in for Jitsi's bridge: joins the bridges' room of every shard, answers on its management port, and sends every media packet back.

Paths and answers as in jitsi/jitsi-videobridge 4bb0aea: rest/root/colibri/drain/Drain.java, health/JvbHealthChecker.kt, metrics/VideobridgeMetrics.kt.
"""
import asyncio
import ipaddress
import json
import subprocess
import time
from xml.etree import ElementTree

from common import Account, as_json, as_metrics, authorities, configuration, die, log, serve, switched_on, until_told, variable

namespace = "http://jitsi.org/protocol/colibri"
domain = variable("XMPP_AUTH_DOMAIN")
room = f'{variable("JVB_BREWERY_MUC", "jvbbrewery")}@{variable("XMPP_INTERNAL_MUC_DOMAIN")}'
port = int(variable("JVB_PORT", "10000"))
custom = configuration("/run/jvb/config/custom-jvb.conf").get("videobridge", {})
servers = [one for one in variable("XMPP_SERVER").split(",") if one]
shards = custom.get("apis.xmpp-client.configs", {}) if custom else {}
for name in shards:
    if name not in [f"shard{i}" for i in range(len(servers))]:
        die("settings for the servers of XMPP_SERVER alone", name)

state = {"drain": False}
# When each client was heard last.
heard = {}


class Media(asyncio.DatagramProtocol):
    """Sends back what it gets."""

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, client):
        heard[client] = time.monotonic()
        self.transport.sendto(data, client)


def endpoints():
    now = time.monotonic()
    for client in [one for one, at in heard.items() if now - at > 10]:
        del heard[client]
    return len(heard)


def own_addresses():
    """Every address of the host that the bridge takes media on: not loopback, not link-local."""
    said = json.loads(subprocess.run(["ip", "-j", "-4", "address"], capture_output=True, text=True, check=True).stdout)
    found = [ipaddress.ip_address(one["local"]) for card in said for one in card.get("addr_info", []) if "local" in one]
    return [one for one in found if not one.is_loopback and not one.is_link_local]


site_local = [ipaddress.ip_network(one) for one in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]


def public(address):
    return not (address.is_loopback or address.is_link_local or any(address in one for one in site_local))


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
bound, failed = [], []
for address in own_addresses():
    try:
        loop.run_until_complete(loop.create_datagram_endpoint(Media, local_addr=(str(address), port)))
        bound.append(address)
    except OSError as error:
        failed.append(f"{address}: {error}")
log.info("media on %s, port %d; not on %s", [str(one) for one in bound], port, failed)
advertised = [ipaddress.ip_address(one.split("#")[0]) for one in variable("JVB_ADVERTISE_IPS", "-").split(",") if one != "-"]


def problem():
    """Why it is not well, as its health check says."""
    if switched_on("JVB_REQUIRE_VALID_ADDRESS") and not any(public(one) for one in bound + advertised):
        return "No valid IP addresses available for harvesting."
    if failed or not bound:
        return "Failed to bind single-port"
    return None


class Bridge(Account):
    """The bridge in one shard."""

    def entered(self):
        stats = ElementTree.Element(f"{{{namespace}}}stats")
        facts = {
            "healthy": problem() is None,
            "drain": state["drain"],
            "region": variable("JVB_OCTO_REGION", "-"),
            "relay_id": variable("JVB_OCTO_RELAY_ID", "-"),
        }
        for name, value in facts.items():
            ElementTree.SubElement(stats, f"{{{namespace}}}stat", name=name, value=str(value).lower() if isinstance(value, bool) else value)
        presence = self.make_presence(pto=f"{room}/{self.nickname}")
        presence.append(stats)
        presence.send()


bridges = []
for i, server in enumerate(servers):
    host, _, number = server.partition(":")
    shard = shards.get(f"shard{i}", {})
    bridges.append(
        Bridge(
            f'{variable("JVB_AUTH_USER", "jvb")}@{domain}',
            variable("JVB_AUTH_PASSWORD"),
            (host, int(number or variable("XMPP_PORT", "5222"))),
            room,
            variable("JVB_MUC_NICKNAME", variable("HOSTNAME", "bridge")),
            # The image's own value is true.
            None if shard.get("DISABLE_CERTIFICATE_VERIFICATION", True) else authorities(),
            shard.get("SECURITY_MODE", "ifpossible") == "required",
        )
    )


def drained(enable):
    def answer():
        state["drain"] = enable
        for bridge in bridges:
            if bridge.inside:
                loop.call_soon_threadsafe(bridge.entered)
        return 200, "text/plain", ""

    return answer


def health():
    why = problem()
    return (200, "text/plain", "") if why is None else (500, "text/plain", why)


def metrics():
    reached = {
        f'stand_in_candidate{{address="{one}",local="{variable("LOCAL_ADDRESS", "-")}"}}': one in bound
        or variable("LOCAL_ADDRESS", "-") in [str(each) for each in bound]
        for one in advertised
    }
    return as_metrics(
        {
            "jitsi_jvb_local_endpoints": endpoints(),
            "jitsi_jvb_healthy": problem() is None,
            "jitsi_jvb_xmpp_connected": sum(bridge.inside for bridge in bridges),
            **reached,
        }
    )


private = custom.get("http-servers.private", {}) if custom else {}
answers = {
    "GET /about/health": health,
    "GET /metrics": metrics,
    "GET /colibri/drain": lambda: as_json({"drain": state["drain"]}),
    "POST /colibri/drain/enable": drained(True),
    "POST /colibri/drain/disable": drained(False),
}
if switched_on("SHUTDOWN_REST_ENABLED"):
    answers["POST /colibri/shutdown"] = lambda: (loop.call_soon_threadsafe(loop.stop), (200, "text/plain", ""))[1]
# The image binds every address; the mounted file may say otherwise.
serve(private.get("host", "0.0.0.0"), int(private.get("port", 8080)), answers)
for bridge in bridges:
    bridge.begin()
until_told(loop)
