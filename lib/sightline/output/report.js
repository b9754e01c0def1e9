(() => {
  'use strict';
  // Each card's content is in a noscript element: text for a browser with scripts, which becomes elements when the
  // card comes into view, and elements for one without. A page with ten thousand images opens quickly this way.
  const byId = (id) => document.getElementById(id);
  const byImage = document.body.dataset.by === 'image';
  const number = (text) => (text === undefined ? NaN : Number(text));

  const lists = [...document.querySelectorAll('ol.cards')].map((element) => ({
    element,
    section: element.closest('section'),
    cards: [...element.children].map((card, order) => {
      const data = card.dataset;
      return {
        card, order, index: number(data.index), cosine: number(data.cosine), label: data.label || '',
        best: data.best || '', skipped: card.classList.contains('skipped'), shown: true,
        found: ((data.label || '') + '\n' + (data.best || '')).toLowerCase(),
      };
    }),
  }));
  const all = lists.flatMap((list) => list.cards);

  const build = (card) => {
    const held = card.firstElementChild;
    if (!held || held.localName !== 'noscript') return;
    card.innerHTML = held.textContent;
    card.classList.remove('unbuilt');
  };
  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      build(entry.target);
      observer.unobserve(entry.target);
    }
  }, {rootMargin: '900px 0px'});
  for (const {card} of all) {
    card.classList.add('unbuilt');
    observer.observe(card);
  }
  const buildShown = () => {
    for (const item of all) if (item.shown) build(item.card);
  };
  addEventListener('beforeprint', buildShown);

  const compareText = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const compareCosine = (a, b) => {
    if (Number.isNaN(a.cosine) || Number.isNaN(b.cosine)) return Number.isNaN(a.cosine) - Number.isNaN(b.cosine);
    return b.cosine - a.cosine;
  };
  const sorts = byImage ? {
    'input order': (a, b) => a.order - b.order,
    'best cosine': (a, b) => compareCosine(a, b) || a.order - b.order,
    'lowest cosine': (a, b) => Number.isNaN(a.cosine) - Number.isNaN(b.cosine) || compareCosine(b, a) || a.order - b.order,
    'best caption': (a, b) => a.skipped - b.skipped || compareText(a.best, b.best) || compareCosine(a, b) || a.order - b.order,
    'path': (a, b) => compareText(a.label, b.label) || a.order - b.order,
  } : {
    'rank': (a, b) => a.order - b.order,
    'input order': (a, b) => a.index - b.index || a.order - b.order,
    'path': (a, b) => compareText(a.label, b.label) || a.order - b.order,
  };
  const sort = byId('sort');
  for (const name of Object.keys(sorts)) sort.add(new Option(name, name));
  sort.addEventListener('change', () => {
    for (const list of lists) {
      list.cards.sort(sorts[sort.value]);
      const place = document.createComment('');
      list.element.replaceWith(place);  // outside of the page, cards move faster
      for (const {card} of list.cards) list.element.append(card);
      place.replaceWith(list.element);
    }
  });

  const cosines = all.filter((item) => !Number.isNaN(item.cosine)).map((item) => item.cosine);
  const lowest = cosines.reduce((a, b) => Math.min(a, b), 1);
  const highest = cosines.reduce((a, b) => Math.max(a, b), -1);
  const threshold = byId('threshold');
  const decimals = 1e4;
  threshold.min = Math.floor(lowest * decimals) / decimals;
  threshold.max = Math.max(Math.ceil(highest * decimals), Math.floor(lowest * decimals) + 1) / decimals;
  threshold.step = 1 / decimals;
  threshold.value = threshold.min;
  if (cosines.length === 0) threshold.closest('label').hidden = true;

  const filter = byId('filter');
  const skipped = byId('skipped');
  byId('skipped-label').hidden = !all.some((item) => item.skipped);
  const status = byId('status');
  const apply = () => {
    const limit = Number(threshold.value);
    const limited = limit > Number(threshold.min);
    byId('threshold-value').value = limited ? limit.toFixed(4) : 'any';
    const words = filter.value.toLowerCase().split(/\s+/).filter((word) => word !== '');
    let count = 0;
    for (const list of lists) {
      let inList = 0;
      for (const item of list.cards) {
        // Skipped images do not depend on the filter, so that none is overlooked.
        const shown = item.skipped ? skipped.checked :
          (!limited || item.cosine >= limit) && words.every((word) => item.found.includes(word));
        if (shown !== item.shown) {
          item.shown = shown;
          item.card.hidden = !shown;
        }
        if (shown) ++inList;
      }
      if (list.section) list.section.hidden = inList === 0 && list.cards.length > 0;
      count += inList;
    }
    status.textContent = `${count} of ${all.length} shown`;
  };
  let waiting = false;
  const applySoon = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      apply();
    });
  };
  filter.addEventListener('input', applySoon);
  threshold.addEventListener('input', applySoon);
  skipped.addEventListener('change', applySoon);

  const jump = byId('jump');
  const sheets = [...document.querySelectorAll('section.sheet')];
  byId('jump-label').hidden = sheets.length < 2;
  for (const sheet of sheets) jump.add(new Option(sheet.querySelector('h2').textContent, sheet.id));
  jump.addEventListener('change', () => byId(jump.value).scrollIntoView());

  const focusCard = (card) => {
    build(card);
    const target = card.querySelector('a') || card;
    if (target === card) card.tabIndex = -1;
    target.focus();
    card.scrollIntoView({block: 'nearest'});
  };
  const moveFrom = (card, key) => {
    const shown = lists.flatMap((list) => list.cards).filter((item) => item.shown).map((item) => item.card);
    const at = shown.indexOf(card);
    const top = card.offsetTop;
    const left = card.offsetLeft;
    const inColumn = (other) => Math.abs(other.offsetLeft - left) < 4 && other.offsetTop !== top;
    if (key === 'ArrowRight') return shown[at + 1];
    if (key === 'ArrowLeft') return shown[at - 1];
    if (key === 'Home') return shown[0];
    if (key === 'End') return shown[shown.length - 1];
    if (key === 'ArrowDown') return shown.slice(at + 1).find(inColumn);
    return shown.slice(0, at).reverse().find(inColumn);
  };
  const kMoves = ['ArrowRight', 'ArrowLeft', 'ArrowDown', 'ArrowUp', 'Home', 'End'];
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target;
    if (target === filter && event.key === 'Escape') {
      filter.value = '';
      apply();
      return;
    }
    if (target.matches('input, select')) return;
    if (event.key === '/') {
      event.preventDefault();
      filter.focus();
      return;
    }
    const card = target.closest('.card');
    if (!card || !kMoves.includes(event.key)) return;
    // A list that is longer than its place scrolls with the same keys.
    const list = target.closest('.scores, .path');
    if (list && list.scrollHeight > list.clientHeight) return;
    const next = moveFrom(card, event.key);
    event.preventDefault();
    if (next) focusCard(next);
  });

  const matrix = document.querySelector('.matrix');
  if (matrix) {
    byId('main').prepend(matrix);
    const readout = matrix.querySelector('.readout');
    const columns = [...matrix.querySelectorAll('thead th')];
    const rows = [...matrix.querySelectorAll('tbody tr')];
    const tell = (cell) => {
      const row = cell.parentElement;
      const column = columns[cell.cellIndex - 1];
      readout.textContent = `${row.firstElementChild.textContent} \u2013 ${column.textContent}: ${cell.title}`;
    };
    let current = matrix.querySelector('tbody td');
    if (current) current.tabIndex = 0;
    matrix.addEventListener('mouseover', (event) => {
      const cell = event.target.closest('tbody td');
      if (cell) tell(cell);
    });
    matrix.addEventListener('focusin', (event) => {
      const cell = event.target.closest('tbody td');
      if (cell) tell(cell);
    });
    matrix.addEventListener('keydown', (event) => {
      const cell = event.target.closest('tbody td');
      const step = {ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0]}[event.key];
      if (!cell || !step) return;
      event.preventDefault();
      const row = rows[rows.indexOf(cell.parentElement) + step[0]];
      const next = row && row.cells[cell.cellIndex + step[1]];
      if (!next || next.localName !== 'td') return;
      current.tabIndex = -1;
      current = next;
      current.tabIndex = 0;
      current.focus();
    });
  }

  byId('controls').hidden = false;
  apply();
})();
