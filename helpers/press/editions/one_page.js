// Turns the page that is open into the whole book: the articles of all pages, one after
// another, with links among them that stay inside the document. Called with the names
// of the pages; returns the headings, which become bookmarks, and the figures that are
// too tall for a sheet.
async ({pages, tallest}) => {
  const slug = name => name.replaceAll('/', '--');
  const anchor = (name, id) => id ? `${slug(name)}--${id}` : slug(name);
  const home = `${location.origin}/`;

  function target(link, address) {
    const url = new URL(link.getAttribute('href'), address);
    if (url.origin !== location.origin) return url.href;
    const name = url.pathname.slice(1).replace(/\.html$/, '');
    if (!pages.includes(name)) return null;
    return `#${anchor(name, decodeURIComponent(url.hash.slice(1)))}`;
  }

  function prepare(part, name, address) {
    const unwanted = '.headerlink, button, script, details.hide, .prev-next-footer';
    part.querySelectorAll(unwanted).forEach(element => element.remove());
    part.querySelectorAll('details').forEach(element => element.open = true);
    part.querySelectorAll('[id]').forEach(e => e.id = anchor(name, e.id));
    part.querySelectorAll('img').forEach(image => {
      image.loading = 'eager';
      image.src = new URL(image.getAttribute('src'), address).href;
    });
    part.querySelectorAll('a[href]').forEach(link => {
      const to = target(link, address);
      if (to) link.setAttribute('href', to); else link.removeAttribute('href');
    });
  }

  const book = document.createElement('main');
  for (const name of pages) {
    const address = `${home}${name}.html`;
    const text = await (await fetch(address)).text();
    const page = new DOMParser().parseFromString(text, 'text/html');
    const part = page.querySelector('article.bd-article');
    prepare(part, name, address);
    part.id = slug(name);
    book.append(document.adoptNode(part));
  }
  document.body.replaceChildren(book);
  document.documentElement.dataset.theme = 'light';
  document.body.classList.add('one-document');
  if (window.MathJax?.typesetPromise) await MathJax.typesetPromise([book]);
  await Promise.all([...book.querySelectorAll('img')].map(image => image.decode()));
  await document.fonts.ready;

  // What is wider than a sheet shrinks until it fits; a dead link is one to nowhere.
  for (const wide of book.querySelectorAll('table, mjx-container[display="true"]')) {
    const room = wide.parentElement.clientWidth;
    if (wide.scrollWidth > room) wide.style.zoom = room / wide.scrollWidth;
  }
  for (const link of book.querySelectorAll('a[href^="#"]'))
    if (!document.getElementById(link.getAttribute('href').slice(1)))
      link.removeAttribute('href');
  const figures = [...book.querySelectorAll('figure, img')];
  const tooTall = figures
    .filter(figure => figure.getBoundingClientRect().height > tallest)
    .map(figure => figure.id || figure.getAttribute('src'));
  const headings = [...book.querySelectorAll('h1, h2, h3, h4, h5, h6')]
    .map(heading => heading.textContent.replace(/\s+/g, ' ').trim());
  return {headings, tooTall};
}
