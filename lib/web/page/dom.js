/*
 * dom: elements are made of names and texts, never of markup: a value from
 * outside is a text node or an attribute, whatever stands in it.
 */

/* h("a.link", {href: "#/"}, "text", node, ...): null and undefined children are left out. */
export function h(what, attributes, ...children) {
	const [tag, ...classes] = what.split(".");
	const e = document.createElement(tag);

	if (classes.length)
		e.className = classes.join(" ");
	set(e, attributes);
	put(e, ...children);
	return e;
}

const SVG = "http://www.w3.org/2000/svg";

export function svg(tag, attributes, ...children) {
	const e = document.createElementNS(SVG, tag);

	for (const [k, v] of Object.entries(attributes ?? {}))
		e.setAttribute(k, v);
	put(e, ...children);
	return e;
}

/* Attributes by name; on: {click: f}; null takes one away. */
export function set(e, attributes) {
	for (const [k, v] of Object.entries(attributes ?? {}))
		if (k === "on")
			for (const [event, f] of Object.entries(v))
				e.addEventListener(event, f);
		else if (v === null || v === undefined || v === false)
			e.removeAttribute(k);
		else if (v !== e.getAttribute(k))
			e.setAttribute(k, v === true ? "" : v);
	return e;
}

function put(e, ...children) {
	for (const c of children.flat())
		if (c !== null && c !== undefined && c !== false)
			e.append(c);
}

/* The element has these children and no others. */
export function fill(e, ...children) {
	e.replaceChildren();
	put(e, ...children);
	return e;
}

/* Writes only what is new, so that a screen reader and a selection are left alone. */
export function text(e, words) {
	if (e.textContent !== String(words))
		e.textContent = words;
	return e;
}

/*
 * One child an item, in order, kept by key: a node whose item is still there stays, with the focus in
 * it. make(item) gives the node, update(node, item) changes it.
 */
export function keyed(parent, items, key, make, update) {
	const old = new Map([...parent.children].map(n => [n.dataset.key, n]));
	let at = parent.firstElementChild;

	for (const item of items) {
		const k = String(key(item));
		let node = old.get(k);

		if (!node) {
			node = make(item);
			node.dataset.key = k;
		}
		old.delete(k);
		if (node === at)
			at = at.nextElementSibling;
		else
			parent.insertBefore(node, at);
		update?.(node, item);
	}
	for (const node of old.values())
		node.remove();
}

/* Says it to a screen reader, once. */
export function say(words) {
	const e = document.getElementById("say");

	e.textContent = "";
	requestAnimationFrame(() => { e.textContent = words; });
}

let fading;

/* Shows it for a while, and says it. */
export function toast(words, bad) {
	const e = document.getElementById("toast");

	e.textContent = words;
	e.dataset.bad = bad ? "yes" : "no";
	e.hidden = false;
	say(words);
	clearTimeout(fading);
	fading = setTimeout(() => { e.hidden = true; }, 8000);
}

/*
 * f at most once in ms, and never twice at a time; what comes meanwhile makes it run once more. A slow
 * answer makes the pause longer, so that a big campaign is not counted without end. What fails is done
 * again, as long as that may help.
 */
export function paced(ms, f) {
	let running = false, again = false, timer = 0, next = 0;

	async function go() {
		const start = performance.now();

		timer = 0;
		running = true;
		again = false;
		try {
			await f();
		} catch (e) {
			again = !paced.failed(e);
		} finally {
			const took = performance.now() - start;

			running = false;
			next = performance.now() + Math.max(ms, 8 * took);
			if (again)
				ask();
		}
	}
	function ask() {
		if (running)
			again = true;
		else if (!timer)
			timer = setTimeout(go, Math.max(0, next - performance.now()));
	}
	ask.stop = () => { clearTimeout(timer); timer = 1; };
	return ask;
}

/* What becomes of a failure: whether it is not to be tried again. */
paced.failed = () => true;
