// The published copy has no server: this filters the evidence table and searches a small index.
(function () {
  'use strict';
  var wanted = new URLSearchParams(location.search);

  var filter = document.querySelector('form[data-filter]');
  if (filter) {
    var shown = 0;
    filter.querySelectorAll('select').forEach(function (select) { select.value = wanted.get(select.name) || ''; });
    document.querySelectorAll('table.evidence tbody tr').forEach(function (row) {
      row.hidden = !['room', 'paper', 'verdict', 'scale'].every(function (key) { return !wanted.get(key) || row.dataset[key] === wanted.get(key); });
      if (!row.hidden) shown++;
    });
    document.querySelector('[data-count]').textContent = shown + (shown === 1 ? ' claim.' : ' claims.');
  }

  var form = document.querySelector('form[data-search]');
  var query = (wanted.get('q') || '').trim();
  if (!form || !query) return;
  form.q.value = query;
  var results = document.querySelector('[data-results]');
  fetch(form.dataset.search).then(function (answer) { return answer.json(); }).then(function (papers) {
    var words = query.toLowerCase().split(/\s+/);
    var found = papers.filter(function (paper) { return words.every(function (word) { return paper.text.toLowerCase().indexOf(word) >= 0; }); });
    var note = document.createElement('p');
    note.className = 'note';
    note.textContent = found.length === 0 ? 'Nothing holds all these words.' : found.length + (found.length === 1 ? ' paper.' : ' papers.');
    results.append(note);
    var list = document.createElement('ul');
    list.className = 'papers';
    found.slice(0, 100).forEach(function (paper) {
      var item = document.createElement('li'), name = document.createElement('p'), link = document.createElement('a'), authors = document.createElement('p');
      item.className = 'paper';
      name.className = 'name';
      authors.className = 'authors';
      link.href = paper.address;
      link.textContent = paper.title;
      authors.textContent = paper.authors;
      name.append(link);
      item.append(name, authors);
      list.append(item);
    });
    results.append(list);
  }).catch(function () { results.textContent = 'The index could not be read.'; });
})();
