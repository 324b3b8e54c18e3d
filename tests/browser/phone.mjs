// On a telephone nothing is cut off, and a mail with thirty findings can still be sent.
import assert from "node:assert/strict";
import { enter, eventually, hold, isTooWide, openMail, origin, picture, script, told } from "./desk.mjs";
import { endless, japanese, shared, slip } from "./mails.mjs";

await script(async (browser, step) => {
  const mail = endless();
  for (const one of [slip(), japanese(), shared(), mail]) await hold(one);
  const page = await enter(browser, { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true });
  const fits = async (what) => assert.ok(!await isTooWide(page), `${what} is wider than the screen`);

  step("the list");
  await fits("the list");
  await picture(page, "phone-list");
  // In one go, and until it is so: the list renews itself, and what has left the page has no size.
  const small = () => page.evaluate(() =>
    [...document.querySelectorAll("button, .tabs a, .pick")].filter((one) => one.checkVisibility())
      .map((one) => [one.textContent.trim(), one.getBoundingClientRect()])
      .filter(([, box]) => box.height < 24 || box.width < 24).map(([text]) => text));
  await eventually(async () => assert.deepEqual(await small(), [], "large enough for a finger (WCAG 2.5.8)"));

  step("an ordinary mail");
  await openMail(page, shared().subject);
  await fits("a mail");
  await picture(page, "phone-mail");

  step("a mail with many findings");
  await page.goto(origin);
  await openMail(page, mail.subject);
  await fits("a mail with thirty findings");
  assert.ok(await page.locator(".finding").count() >= 30, `${await page.locator(".finding").count()} findings`);
  await picture(page, "phone-endless");
  const bar = page.locator(".decide");
  const send = page.getByRole("button", { name: "Send", exact: true });
  const room = async () => {
    const box = await bar.boundingBox();
    assert.ok(box.y + box.height <= 641, "the bar is on the screen");
    assert.ok(box.height <= 320, `the bar leaves room for the mail, it takes ${box.height} of 640`);
    const button = await send.boundingBox();
    assert.ok(button.y >= box.y - 1 && button.y + button.height <= box.y + box.height + 1, "Send is seen without scrolling");
  };
  await room();
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight / 2));
  await room();
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  await room();

  step("the number of what is left leads to the next box");
  const left = page.locator("[data-left]");
  const boxes = await page.locator("input[name=tick]").count();
  for (let n = boxes; n > 0; n -= 1) {
    assert.match(await left.innerText(), new RegExp(`\\b${n}$`));
    await left.click();
    const { y } = await page.locator(":focus").boundingBox();
    const { y: floor } = await bar.boundingBox();
    assert.ok(y >= 0 && y < floor, `the box is seen above the bar: ${y} of ${floor}`);
    await page.keyboard.press("Space");
  }
  assert.ok(await send.isEnabled());
  await send.tap();
  await told(page, "The mail goes out.");

  step("large print");
  await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
  await fits("the list in large print");
  await page.goto(origin);
  await openMail(page, shared().subject);
  await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
  await fits("a mail in large print");
});
