// What a page that runs in a frame of driver.html is asked to do, and the way its answer goes back.
const id = location.hash.slice(1);

export const job = await (await fetch(`/job/${id}`)).json();

export const now = () => Date.now();

export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export async function finish(result) {
  await fetch(`/result/${id}`, { method: 'POST', body: JSON.stringify(result) });
  parent.postMessage(id, '*');
}

export async function work(body) {
  const problems = [];
  addEventListener('error', (e) => problems.push(String(e.message)));
  addEventListener('unhandledrejection', (e) => problems.push(String(e.reason)));
  let result = {};
  try {
    result = await body(problems);
  } catch (e) {
    problems.push(String(e.stack || e));
  }
  await finish({ ...result, problems });
}
