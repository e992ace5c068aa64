"use strict";
// The filter of the matrix. It reads the table that is there, and makes no HTML
(() => {
  const form = document.getElementById("filter");
  if (!form) return;
  const text = document.getElementById("filter-text");
  const role = document.getElementById("filter-role");
  const count = document.getElementById("filter-count");
  const rows = Array.from(document.getElementById("matrix").tBodies[1].rows, (row) => {
    const [mailbox, ...cells] = row.cells;
    return { row, mailbox: mailbox.textContent.toLowerCase(), cells: cells.map((cell) => cell.textContent) };
  });
  const apply = () => {
    const words = text.value.toLowerCase().split(/\s+/);
    const reached = (cells) => {
      if (role.value === "any") return cells.some(Boolean);
      return role.value === "" || cells[Number(role.value) - 1] !== "";
    };
    let shown = 0;
    for (const { row, mailbox, cells } of rows) {
      row.hidden = !(words.every((word) => mailbox.includes(word)) && reached(cells));
      shown += row.hidden ? 0 : 1;
    }
    count.textContent = `${shown} of ${rows.length} mailboxes`;
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  apply();
})();
