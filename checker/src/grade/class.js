document.addEventListener('DOMContentLoaded', () => {
  const box = document.querySelector('input[type=search]');
  const rows = [...document.querySelectorAll('tr[data-id], details')];
  box.addEventListener('input', () => {
    const wanted = box.value.trim().toLowerCase();
    rows.forEach((row) => { row.hidden = !row.textContent.toLowerCase().includes(wanted); });
  });
});
