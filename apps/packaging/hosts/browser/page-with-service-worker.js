const address = new URL("service-worker.js", import.meta.url);
const { active, installing, waiting } = await navigator.serviceWorker.register(address, { type: "module" });
navigator.serviceWorker.onmessage = ({ data }) => {
  document.querySelector("#out").textContent = JSON.stringify(data);
};
(active ?? installing ?? waiting).postMessage("run");
