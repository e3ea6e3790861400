// Shows what a chosen day means (§38) while one chooses it; without this script the button below the day does the same.
(() => {
  const day = document.querySelector("input[name=day]");
  const shown = document.getElementById("termini");
  if (!day || !shown) return;
  let last = "";
  day.addEventListener("change", async () => {
    if (day.value === last || !/^\d{4}-\d\d-\d\d$/.test(day.value)) return;
    last = day.value;
    const asked = await fetch(`${shown.dataset.address}?diena=${encodeURIComponent(last)}`).catch(() => null);
    if (asked && asked.ok && last === day.value) shown.innerHTML = await asked.text();
  });
})();
