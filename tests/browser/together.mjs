// Two people decide on the same mail at once: it goes once, and whoever was late is told.
import assert from "node:assert/strict";
import { arrived, atena, enter, hold, openMail, picture, script, stored, tickAll, told } from "./desk.mjs";
import { slip } from "./mails.mjs";

await script(async (browser, step) => {
  step("two browsers and a terminal send at once");
  const mail = slip("once");
  const id = await hold(mail);
  const pages = [await enter(browser), await enter(browser)];
  for (const page of pages) {
    await openMail(page, mail.subject);
    await tickAll(page);
  }
  const send = (page) => page.evaluate(async () => {
    const form = document.getElementById("send");
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    return { status: answer.status, text: await answer.text() };
  });
  const [one, other, typed] = await Promise.all([send(pages[0]), send(pages[1]), atena("held", "release", id)]);
  const won = [one.status === 200, other.status === 200, typed.code === 0];
  // A terminal sends what waits out its time to undo: that is no second release.
  assert.ok(won.filter(Boolean).length >= 1, JSON.stringify({ one: one.status, other: other.status, typed }));
  assert.ok(!(won[0] && won[1]), "two browsers cannot both send it");
  for (const { status, text } of [one, other].filter(({ status }) => status !== 200)) {
    assert.ok(status === 409 || status === 422, `${status}`);
    assert.match(text, /This was not done|is sent|being sent|waiting to be sent/);
  }
  assert.equal((await arrived(1)).length, 1);

  step("the page that is still open says that something happened, and a late click what");
  for (const page of pages) await told(page, "Something happened to this mail meanwhile");
  await pages[0].getByRole("button", { name: "Send", exact: true }).click();
  const notice = pages[0].getByRole("alert");
  await notice.getByText("This was not done").waitFor();
  assert.match(await notice.innerText(), /sent/);
  await picture(pages[0], "too-late");

  step("one drops what the other sends");
  const second = slip("twice");
  await hold(second);
  for (const page of pages) {
    await page.goto(new URL("/", page.url()).href);
    await openMail(page, second.subject);
  }
  await tickAll(pages[1]);
  await pages[0].locator(".drop summary").click();
  await pages[0].getByRole("button", { name: "Drop it for good" }).click();
  await told(pages[0], "The mail was dropped.");
  await pages[1].getByRole("button", { name: "Send", exact: true }).click();
  await pages[1].getByRole("alert").getByText("This was not done").waitFor();
  assert.equal((await stored("dropped")).length, 1);
  assert.equal((await arrived(1)).length, 1);
});
