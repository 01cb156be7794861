// Light or dark: what the reader chose, else what the system says. Runs before the page is drawn.
(function () {
  'use strict';
  var root = document.documentElement;
  function stored() { try { return localStorage.getItem('theme'); } catch (e) { return null; } }
  function dark() {
    var chosen = root.dataset.theme;
    return chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  }
  var choice = stored();
  if (choice === 'dark' || choice === 'light') root.dataset.theme = choice;
  document.addEventListener('DOMContentLoaded', function () {
    var button = document.getElementById('theme');
    if (!button) return;
    function name() { button.textContent = dark() ? 'Light' : 'Dark'; button.setAttribute('aria-label', (dark() ? 'Light' : 'Dark') + ' colours'); }
    button.hidden = false;
    name();
    button.addEventListener('click', function () {
      root.dataset.theme = dark() ? 'light' : 'dark';
      try { localStorage.setItem('theme', root.dataset.theme); } catch (e) { /* private browsing: the choice lasts for this page */ }
      name();
    });
  });
})();
