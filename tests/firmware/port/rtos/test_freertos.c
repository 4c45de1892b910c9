/* SPDX-License-Identifier: MIT */
/* A small firmware as it is written for FreeRTOS, with its globals: made anew at start-up. */
#include "event_groups.h"
#include "FreeRTOS.h"
#include "queue.h"
#include "semphr.h"
#include "task.h"

#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

#define BIT_DONE (1u << 4)

static QueueHandle_t frames;
static SemaphoreHandle_t printing, ready;
static EventGroupHandle_t events;
static TaskHandle_t sender;
static char said[200];

static void say(char letter) {
    ck_assert(xSemaphoreTake(printing, portMAX_DELAY) == pdTRUE);
    ck_assert_uint_lt(strlen(said) + 1, sizeof said);
    strncat(said, &letter, 1);
    xSemaphoreGive(printing);
}

static void vReceiver(void *argument) {
    uint16_t item;
    (void)argument;
    ck_assert(xSemaphoreTake(ready, pdMS_TO_TICKS(1000)) == pdTRUE);
    for (;;) {
        if (xQueueReceive(frames, &item, pdMS_TO_TICKS(30)) != pdTRUE) {
            say('-');
            continue;
        }
        say((char)item);
        if (uxQueueMessagesWaiting(frames) == 0 && item == 'c') {
            xEventGroupSetBits(events, BIT_DONE);
        }
    }
}

static void vSender(void *argument) {
    TickType_t last = xTaskGetTickCount();
    const char *text = argument;
    xSemaphoreGive(ready);
    for (; *text != '\0'; text++) {
        const uint16_t item = (uint16_t)*text;
        ck_assert(xQueueSend(frames, &item, portMAX_DELAY) == pdTRUE);
        vTaskDelayUntil(&last, pdMS_TO_TICKS(20));
    }
    ck_assert(xEventGroupWaitBits(events, BIT_DONE, pdTRUE, pdTRUE, portMAX_DELAY) == BIT_DONE);
    say('!');
    ck_assert_uint_eq(xEventGroupGetBits(events), 0);
    vTaskDelay(portMAX_DELAY - 1);
}

static void start_up(void) {
    memset(said, 0, sizeof said);
    frames = xQueueCreate(2, sizeof(uint16_t));
    printing = xSemaphoreCreateMutex();
    ready = xSemaphoreCreateBinary();
    events = xEventGroupCreate();
    ck_assert(frames && printing && ready && events);
    ck_assert(xTaskCreate(vReceiver, "rx", 128, NULL, 2, NULL) == pdPASS);
    ck_assert(xTaskCreate(vSender, "tx", 128, "abc", 1, &sender) == pdPASS);
    ck_assert_ptr_nonnull(sender);
    vTaskStartScheduler();
}

START_TEST(tasks_written_for_freertos_run_and_start_again) {
    static _Alignas(max_align_t) uint8_t arena[RTOS_ARENA(2)];
    static struct rtos rtos;
    for (int life = 0; life < 2; life++) {
        const uint16_t from_outside = 'i';
        BaseType_t woke = pdTRUE;
        memset(arena, 0, sizeof arena);
        rtos_init(&rtos, arena, sizeof arena, 10);
        start_up();
        for (int i = 0; i < 10; i++) {
            ck_assert_msg(rtos_tick(&rtos), "%s", rtos_fault(&rtos));
        }
        ck_assert_str_eq(said, "abc!-");
        ck_assert(xQueueSendFromISR(frames, &from_outside, &woke) == pdTRUE);
        ck_assert(woke == pdFALSE);
        ck_assert(rtos_tick(&rtos));
        ck_assert_str_eq(said, "abc!-i");
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("freertos");
    TCase *tests = tcase_create("freertos");
    tcase_add_test(tests, tasks_written_for_freertos_run_and_start_again);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
