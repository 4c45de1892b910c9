/* SPDX-License-Identifier: MIT */
/* FreeRTOS.h: the handful of FreeRTOS calls that firmware tasks live on, over rtos.h, by their
 * documented behaviour (the FreeRTOS reference manual). Put this folder before your kernel's on the
 * include path; the sources of the tasks stay as they are.
 *
 *   tasks        xTaskCreate, vTaskDelay, vTaskDelayUntil, xTaskDelayUntil, xTaskGetTickCount,
 *                taskYIELD, vTaskStartScheduler, taskENTER_CRITICAL, taskEXIT_CRITICAL
 *   queues       xQueueCreate, xQueueSend, xQueueSendToBack, xQueueSendFromISR, xQueueReceive,
 *                xQueueReset, uxQueueMessagesWaiting
 *   semaphores   xSemaphoreCreateBinary, xSemaphoreCreateCounting, xSemaphoreCreateMutex,
 *                xSemaphoreTake, xSemaphoreGive, xSemaphoreGiveFromISR
 *   event groups xEventGroupCreate, xEventGroupSetBits, xEventGroupSetBitsFromISR,
 *                xEventGroupClearBits, xEventGroupGetBits, xEventGroupWaitBits
 *   memory       pvPortMalloc (from the instance's arena; never freed, as heap_1)
 *
 * What differs: nobody is interrupted (a woken task waits until the running one waits); stack depths
 * below RTOS_STACK_MIN count as that; configTICK_RATE_HZ is 1000 / the tick given to rtos_init. The
 * glue calls rtos_init, then the firmware's own start-up with its xTaskCreate calls, and returns
 * where vTaskStartScheduler returns. Handles are zero in a fresh instance only if they are yours to
 * reset: globals outlive a power failure (dut.h), so start-up has to make each of them anew.
 *
 * A call that is not here fails to compile: say there how it maps onto rtos.h. */
#ifndef RTOS_FREERTOS_H
#define RTOS_FREERTOS_H

#include "../rtos.h"

typedef int32_t BaseType_t;
typedef uint32_t UBaseType_t;
typedef uint32_t TickType_t;
typedef uint32_t StackType_t;
typedef uint32_t EventBits_t;
typedef void (*TaskFunction_t)(void *);
typedef struct rtos_task *TaskHandle_t;
typedef struct rtos_queue *QueueHandle_t;
typedef struct rtos_flags *EventGroupHandle_t;

/* FreeRTOS takes and gives mutexes and semaphores by one name. */
struct freertos_semaphore {
    bool is_mutex;
    struct rtos_semaphore semaphore;
    struct rtos_mutex mutex;
};
typedef struct freertos_semaphore *SemaphoreHandle_t;

#define pdFALSE            ((BaseType_t)0)
#define pdTRUE             ((BaseType_t)1)
#define pdFAIL             pdFALSE
#define pdPASS             pdTRUE
#define errQUEUE_FULL      pdFALSE
#define errQUEUE_EMPTY     pdFALSE
#define portMAX_DELAY      RTOS_FOREVER
#define portTICK_PERIOD_MS (rtos_active()->tick_ms)
#define configTICK_RATE_HZ (1000u / rtos_active()->tick_ms)
/* Rounded down, as FreeRTOS does: 5 ms are no tick of 10 ms. */
#define pdMS_TO_TICKS(ms) ((TickType_t)((ms) / rtos_active()->tick_ms))

#define taskENTER_CRITICAL()     ((void)0)
#define taskEXIT_CRITICAL()      ((void)0)
#define portYIELD_FROM_ISR(woke) ((void)(woke))
#define taskYIELD()              rtos_yield(rtos_active())

static inline void *pvPortMalloc(size_t bytes) {
    return rtos_allocate(rtos_active(), bytes);
}

static inline BaseType_t xTaskCreate(TaskFunction_t entry, const char *name, uint32_t depth,
                                     void *argument, UBaseType_t priority, TaskHandle_t *handle) {
    struct rtos_task *task = rtos_task(rtos_active(), name, priority, entry, argument,
                                       (size_t)depth * sizeof(StackType_t));
    if (handle != NULL) {
        *handle = task;
    }
    return task != NULL ? pdPASS : pdFAIL;
}

/* The host has the processor: rtos_tick runs the tasks. */
static inline void vTaskStartScheduler(void) {
}

static inline void vTaskDelay(TickType_t ticks) {
    if (ticks == 0) {
        rtos_yield(rtos_active());
    } else {
        rtos_delay(rtos_active(), ticks);
    }
}

static inline TickType_t xTaskGetTickCount(void) {
    return (TickType_t)rtos_now(rtos_active());
}

/* False: the instant had passed. */
static inline BaseType_t xTaskDelayUntil(TickType_t *last, TickType_t period) {
    const int32_t left = (int32_t)(*last + period - xTaskGetTickCount());
    *last += period;
    if (left <= 0) {
        return pdFALSE;
    }
    rtos_delay(rtos_active(), (uint32_t)left);
    return pdTRUE;
}

#define vTaskDelayUntil(last, period) ((void)xTaskDelayUntil(last, period))

static inline QueueHandle_t xQueueCreate(UBaseType_t length, UBaseType_t item_bytes) {
    struct rtos_queue *queue = rtos_allocate(rtos_active(), sizeof *queue);
    return queue != NULL && rtos_queue_init(queue, rtos_active(), item_bytes, length) ? queue
                                                                                      : NULL;
}

static inline BaseType_t xQueueSend(QueueHandle_t queue, const void *item, TickType_t ticks) {
    return rtos_send(queue, item, ticks) ? pdTRUE : errQUEUE_FULL;
}

#define xQueueSendToBack xQueueSend

static inline BaseType_t xQueueSendFromISR(QueueHandle_t queue, const void *item,
                                           BaseType_t *woke) {
    if (woke != NULL) {
        *woke = pdFALSE;
    }
    return xQueueSend(queue, item, 0);
}

static inline BaseType_t xQueueReceive(QueueHandle_t queue, void *item, TickType_t ticks) {
    return rtos_receive(queue, item, ticks) ? pdTRUE : errQUEUE_EMPTY;
}

static inline UBaseType_t uxQueueMessagesWaiting(QueueHandle_t queue) {
    return (UBaseType_t)queue->count;
}

static inline BaseType_t xQueueReset(QueueHandle_t queue) {
    queue->count = 0;
    queue->first = 0;
    return pdPASS;
}

static inline SemaphoreHandle_t xSemaphoreCreateCounting(UBaseType_t most, UBaseType_t count) {
    SemaphoreHandle_t made = rtos_allocate(rtos_active(), sizeof *made);
    if (made != NULL) {
        rtos_semaphore_init(&made->semaphore, rtos_active(), count, most);
    }
    return made;
}

static inline SemaphoreHandle_t xSemaphoreCreateBinary(void) {
    return xSemaphoreCreateCounting(1, 0);
}

static inline SemaphoreHandle_t xSemaphoreCreateMutex(void) {
    SemaphoreHandle_t made = rtos_allocate(rtos_active(), sizeof *made);
    if (made != NULL) {
        made->is_mutex = true;
        rtos_mutex_init(&made->mutex, rtos_active());
    }
    return made;
}

static inline BaseType_t xSemaphoreTake(SemaphoreHandle_t semaphore, TickType_t ticks) {
    const bool taken = semaphore->is_mutex ? rtos_lock(&semaphore->mutex, ticks)
                                           : rtos_take(&semaphore->semaphore, ticks);
    return taken ? pdTRUE : pdFALSE;
}

static inline BaseType_t xSemaphoreGive(SemaphoreHandle_t semaphore) {
    if (semaphore->is_mutex) {
        rtos_unlock(&semaphore->mutex);
        return pdTRUE;
    }
    return rtos_give(&semaphore->semaphore) ? pdTRUE : pdFALSE;
}

static inline BaseType_t xSemaphoreGiveFromISR(SemaphoreHandle_t semaphore, BaseType_t *woke) {
    if (woke != NULL) {
        *woke = pdFALSE;
    }
    return xSemaphoreGive(semaphore);
}

static inline EventGroupHandle_t xEventGroupCreate(void) {
    EventGroupHandle_t group = rtos_allocate(rtos_active(), sizeof *group);
    if (group != NULL) {
        rtos_flags_init(group, rtos_active());
    }
    return group;
}

static inline EventBits_t xEventGroupSetBits(EventGroupHandle_t group, EventBits_t bits) {
    rtos_flags_set(group, bits);
    return group->bits;
}

static inline BaseType_t xEventGroupSetBitsFromISR(EventGroupHandle_t group, EventBits_t bits,
                                                   BaseType_t *woke) {
    if (woke != NULL) {
        *woke = pdFALSE;
    }
    rtos_flags_set(group, bits);
    return pdPASS;
}

/* The bits before. */
static inline EventBits_t xEventGroupClearBits(EventGroupHandle_t group, EventBits_t bits) {
    const EventBits_t had = group->bits;
    rtos_flags_clear(group, bits);
    return had;
}

static inline EventBits_t xEventGroupGetBits(EventGroupHandle_t group) {
    return group->bits;
}

static inline EventBits_t xEventGroupWaitBits(EventGroupHandle_t group, EventBits_t bits,
                                              BaseType_t clear, BaseType_t all, TickType_t ticks) {
    const unsigned how = (all ? RTOS_ALL : RTOS_ANY) | (clear ? 0u : RTOS_KEEP);
    return rtos_flags_wait(group, bits, how, ticks);
}

#endif
