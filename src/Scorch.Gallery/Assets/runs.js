// Shows a run's progress as it comes, and the finished run when it ends.
(function () {
  'use strict';
  var live = document.getElementById('live');
  if (!live || !window.EventSource) return;
  var bar = live.querySelector('progress');
  var now = live.querySelector('.now');
  var log = live.querySelector('.log');
  var last = '';
  var events = new EventSource(live.dataset.events);
  events.addEventListener('news', function (event) {
    var news = JSON.parse(event.data);
    if (news.fraction === null) bar.removeAttribute('value'); else bar.value = news.fraction;
    now.textContent = news.message;
    if (news.message === last) return;
    last = news.message;
    var line = document.createElement('li');
    line.textContent = news.message;
    log.prepend(line);
    if (log.children.length > 200) log.lastElementChild.remove();
  });
  events.addEventListener('end', function () {
    events.close();
    location.reload();
  });
})();
