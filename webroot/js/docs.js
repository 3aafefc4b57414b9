// The API's reference page, drawn from the OpenAPI document.

import { byId, element } from './dom.js';

const methods = ['get', 'post', 'put', 'patch', 'delete', 'options'];
const deepest = 6; // of nested schemas

async function show() {
  const [document_, problems] = await Promise.all(['/openapi/v1.json', '/problems'].map(async (url) => (await fetch(url)).json()));
  byId('about').textContent = document_.info.description ?? '';
  const groups = groupsOf(document_);
  byId('operations').replaceChildren(...groups.map(([name, operations]) => groupOf(document_, name, operations)));
  byId('contents').replaceChildren(
    ...groups.map(([name]) => element('a', { class: 'pill', href: `#${idOf(name)}` }, name)),
    element('a', { class: 'pill', href: '#problems' }, 'Problems'));
  byId('problem-rows').replaceChildren(...problems.map((problem) => element('tr', { id: `problem-${problem.name}` },
    element('td', {}, element('code', {}, problem.type)), element('td', {}, String(problem.status)), element('td', {}, problem.title))));
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

function groupsOf(document_) {
  const groups = new Map();
  for (const [path, item] of Object.entries(document_.paths)) {
    for (const method of methods.filter((name) => item[name])) {
      const tag = item[method].tags?.[0] ?? 'Other';
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push({ path, method, ...item[method], parameters: [...(item.parameters ?? []), ...(item[method].parameters ?? [])] });
    }
  }
  return [...groups].sort(([a], [b]) => orderOf(a) - orderOf(b));
}

/** What people come for first. */
function orderOf(tag) {
  const order = ['Watching', 'Publishing', 'Rooms', 'Events'];
  return order.includes(tag) ? order.indexOf(tag) : tag === 'Health' ? 99 : order.length;
}

function groupOf(document_, name, operations) {
  return element('section', { class: 'group' },
    element('h2', { id: idOf(name) }, name),
    ...operations.map((operation) => operationOf(document_, operation)));
}

function operationOf(document_, operation) {
  const { path, method, summary, parameters, requestBody, responses } = operation;
  return element('details', { class: 'operation' },
    element('summary', {},
      element('span', { class: `method ${method}` }, method.toUpperCase()),
      element('code', { class: 'path' }, path),
      element('span', { class: 'what' }, summary ?? '')),
    element('div', { class: 'body' },
      operation.description && element('p', {}, operation.description),
      parameters.length > 0 && part('Parameters', parametersOf(parameters)),
      requestBody && part('Body', ...contentOf(document_, requestBody.content)),
      ...Object.entries(responses ?? {}).map(([status, answer]) => part(`${status} ${answer.description ?? ''}`, ...contentOf(document_, answer.content))),
      method === 'get' && !path.includes('{') && !path.includes('/events') && tryOut(path)));
}

function part(title, ...content) {
  return element('div', {}, element('h4', {}, title), ...content);
}

function parametersOf(parameters) {
  return element('table', {}, element('tbody', {}, ...parameters.map((parameter) => element('tr', {},
    element('td', {}, element('code', {}, parameter.name)),
    element('td', {}, parameter.in + (parameter.required ? ', required' : '')),
    element('td', {}, typeOf(parameter.schema)),
    element('td', {}, parameter.description ?? '')))));
}

function contentOf(document_, content) {
  return Object.entries(content ?? {}).map(([type, { schema }]) => type.includes('problem+json')
    ? element('p', { class: 'quiet' }, 'a ', element('a', { href: '#problems' }, 'problem'))
    : element('div', {}, element('code', {}, type), schema && element('pre', { class: 'schema' }, sketch(document_, schema))));
}

function tryOut(path) {
  const answer = element('pre', { class: 'answer', hidden: true });
  const button = element('button', { type: 'button' }, 'Try it');
  button.addEventListener('click', async () => {
    const response = await fetch(path);
    const text = await response.text();
    answer.hidden = false;
    try {
      answer.textContent = `${response.status}\n${JSON.stringify(JSON.parse(text), null, 2)}`;
    } catch {
      answer.textContent = `${response.status}\n${text}`;
    }
  });
  return element('div', {}, button, answer);
}

function typeOf(schema) {
  const types = [schema?.type ?? 'string'].flat().filter((type) => type !== 'null');
  return types.includes('integer') ? 'integer' : types.join(' or ');
}

/** A schema as an example of its JSON, with types for values. */
function sketch(document_, schema, indent = '', depth = 0) {
  if (depth > deepest) return '…';
  if (schema.$ref) return sketch(document_, document_.components.schemas[schema.$ref.split('/').pop()] ?? {}, indent, depth);
  if (schema.oneOf || schema.anyOf) {
    const choice = (schema.oneOf ?? schema.anyOf).find((candidate) => candidate.type !== 'null');
    return sketch(document_, choice ?? {}, indent, depth);
  }
  if (schema.enum) return schema.enum.filter((value) => value !== null).map((value) => JSON.stringify(value)).join(' | ');
  const inner = `${indent}  `;
  if (schema.properties) {
    const lines = Object.entries(schema.properties).map(([name, value]) =>
      `${inner}"${name}": ${sketch(document_, value, inner, depth + 1)}${value.description ? `  // ${value.description.replaceAll('\n', ' ')}` : ''}`);
    return `{\n${lines.join('\n')}\n${indent}}`;
  }
  if (schema.items) return `[ ${sketch(document_, schema.items, indent, depth + 1)} ]`;
  return typeOf(schema) + (schema.format ? ` (${schema.format})` : '');
}

function idOf(name) {
  return name.toLowerCase().replaceAll(' ', '-');
}

show().catch(() => {
  byId('operations').replaceChildren(element('p', { class: 'notice' }, 'The gateway does not answer.'));
});
