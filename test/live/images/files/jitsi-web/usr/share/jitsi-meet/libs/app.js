// The client's built-in server of a third party, in a place that no option reaches: the deployment replaces it while it serves the file.
window.stunServers = [{ urls: "stun:meet-jit-si-turnrelay.jitsi.net:443" }];
document.addEventListener("DOMContentLoaded", () => {
  document.getElementById("shard").textContent = window.config.deploymentInfo.shard;
});
